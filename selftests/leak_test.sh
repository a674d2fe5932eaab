#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Looks for memory that earlier tests have leaked: kernel memory to which no pointer
# is left, according to kmemleak. Leaves the module loaded if it was loaded before.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2317
. "$(dirname "$0")/tap.sh"

kmemleak=/sys/kernel/debug/kmemleak
AGE=6	# age in seconds from which on kmemleak reports an object

# nothing_leaked: scan until every object that exists now is old enough to be reported,
# and check that none is.
nothing_leaked() {
	local begin=$SECONDS

	while ((SECONDS - begin < AGE)); do
		echo scan >"$kmemleak" || return
	done
	echo scan >"$kmemleak" || return
	! grep . "$kmemleak"
}

# After the module was unloaded, no pointer in the module hides an object that it
# did not free.
nothing_leaked_by_unloading() {
	unload && ! loaded && nothing_leaked
}

need_root
[[ -w $kmemleak ]] || skip_all "needs a kernel with kmemleak"
echo "TAP version 13"
check 'nothing leaked while the module was loaded' nothing_leaked
take_module
check 'unloading the module leaks nothing' nothing_leaked_by_unloading
give_back
finish
