#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Look for memory that earlier tests have leaked. Leaked memory is kernel memory
# to which no pointer is left, as reported by kmemleak. The module stays loaded
# if it was loaded before.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2317
. "$(dirname "$0")/tap.sh"

kmemleak=/sys/kernel/debug/kmemleak
AGE=6	# kmemleak reports only objects of at least this age in seconds

# nothing_leaked: repeat scans until all present objects are old enough to be
# reported. Check that no object is reported.
nothing_leaked() {
	local begin=$SECONDS

	while ((SECONDS - begin < AGE)); do
		echo scan >"$kmemleak" || return
	done
	echo scan >"$kmemleak" || return
	! grep . "$kmemleak"
}

# A pointer in the module may hide an object that the module did not free. After
# unloading, there is no such pointer.
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
