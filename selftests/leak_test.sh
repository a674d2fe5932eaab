#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests before this one left behind: memory of the kernel that nothing
# points to any more, as kmemleak finds it. Leaves the module loaded if it was.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2317
. "$(dirname "$0")/tap.sh"

kmemleak=/sys/kernel/debug/kmemleak
AGE=6	# seconds, until kmemleak tells of an object

# nothing_leaked: scans until all there is now is old enough to be told of.
nothing_leaked() {
	local begin=$SECONDS

	while ((SECONDS - begin < AGE)); do
		echo scan >"$kmemleak" || return
	done
	echo scan >"$kmemleak" || return
	! grep . "$kmemleak"
}

# Only now nothing of the module's points to what it did not free.
nothing_leaked_by_unloading() {
	unload && ! loaded && nothing_leaked
}

need_root
[[ -w $kmemleak ]] || skip_all "needs a kernel with kmemleak"
echo "TAP version 13"
check 'nothing leaked while the module was loaded' nothing_leaked
take_module
check 'nothing leaked by unloading it' nothing_leaked_by_unloading
give_back
finish
