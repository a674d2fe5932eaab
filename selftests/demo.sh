#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Plays the guided tour, or scene $SCENE of it, and leaves the page that
# mmapdemo report --html makes of a scene in /out, if there is such a folder. For
# root, with the module unloaded; MMAPDEMO_KO is its path.

set -euo pipefail
exec 2>&1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# run COMMAND: as one would type it.
run() {
	printf '$ %s\n' "$1"
	eval "$1"
}

# A place to swap to, in compressed memory; the scene about it says if it lacks.
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
