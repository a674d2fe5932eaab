#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Play the guided tour, or only scene $SCENE. If the directory /out exists, also
# write the page of mmapdemo report --html for a scene to this directory. This
# script requires root, and the path of the module in MMAPDEMO_KO. The module
# must not be loaded.

set -euo pipefail
exec 2>&1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# run COMMAND: print the command as if it were typed at a prompt. Then run it.
run() {
	printf '$ %s\n' "$1"
	eval "$1"
}

# Add swap space in compressed memory. If this fails, the scene about swap says
# that there is no swap space.
swap_on() {
	modprobe -q zram && echo 64M >/sys/block/zram0/disksize &&
		mkswap /dev/zram0 && swapon /dev/zram0
}

run "insmod $MMAPDEMO_KO"
run 'ls -l /dev/mmapdemo'
swap_on >"$work/swap" 2>&1 || cat "$work/swap"
echo
run "mmapdemo tour ${SCENE:-}"
if [[ -d /out ]]; then
	scene=${SCENE:-10}
	echo
	run "mmapdemo record -o $work/tour.dat -- mmapdemo tour $scene >$work/said"
	run "mmapdemo report --html /out/report.html $work/tour.dat"
fi
run 'rmmod mmapdemo'
