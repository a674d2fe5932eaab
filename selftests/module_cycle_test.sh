#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Load and unload the module 24 times, or 1000 times with SOAK=1, with every method to
# attach probes, while every CPU handles faults. No memory may be left allocated. On a
# kernel with kmemleak, each cycle takes a long time, and kmemleak finds leaks, so 10 cycles
# are enough.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

CYCLES=24
[[ ! ${SOAK:-} ]] || CYCLES=1000
WARM=8		# number of cycles until every one-time allocation has been made
leaks_are_found=
if [[ -e /sys/kernel/debug/kmemleak ]]; then
	leaks_are_found=1
	CYCLES=10
fi

# Return 0 if every CPU has recorded at least one event.
storming() {
	! grep -L '^entries: [1-9]' $tracing/per_cpu/cpu*/stats | grep -q .
}

# cycle NUMBER: load the module, record events, and unload the module. With
# kretprobes, and only then, the events may stay enabled.
cycle() {
	local way=auto

	((!($1 % 2))) || way=kretprobe
	(($1 % 10)) || way=direct
	load attach=$way || return
	echo >$tracing/trace
	enable_all 1 || return
	head -c 1M /dev/zero >/dev/mmapdemo || return
	until storming; do
		[[ -d /proc/$actor ]] || return
	done
	[[ $way == kretprobe ]] || enable_all 0 || return
	unload
}

# objects: print the bytes of unreclaimable slab objects, one line for each cache, and
# those of other kernel memory. It would be less precise to count the pages of the
# caches, because objects with long and short lives share pages.
objects() {
	local shrink

	for shrink in /sys/kernel/slab/*/shrink; do
		echo 1 >"$shrink"
	done
	# The other entries in this directory are links to these directories.
	find /sys/kernel/slab -mindepth 1 -maxdepth 1 -type d -printf \
		'%p/objects\0%p/object_size\0%p/reclaim_account\0' |
		xargs -0 grep -H . | awk '
		match($0, /\/(objects|object_size|reclaim_account):/) {
			cache = substr($0, 18, RSTART - 18)
			split(substr($0, RSTART + 1), part, /[: ]/)
			value[cache, part[1]] = part[2]
			caches[cache]
		}
		END {
			for (cache in caches)
				if (!value[cache, "reclaim_account"])
					print cache, value[cache, "objects"] * \
						value[cache, "object_size"]
		}'
	awk '/^(Percpu|VmallocUsed):/ { print $1, $2 * 1024 }' /proc/meminfo
}

# kernel_memory FILE: reclaim all that can be reclaimed, print how many KiB of
# memory the kernel still uses, and write to FILE for what.
kernel_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	objects >"$1"
	awk '{ sum += $2 } END { printf "%d\n", sum / 1024 }' "$1"
}

# growth FILE FILE: print which memory grew most from the first file to the
# second.
growth() {
	awk 'NR == FNR { before[$1] = $2; next }
		$2 - before[$1] > 4096 { print $2 - before[$1], $1 }' "$@" |
		sort -rn | head -n 5 | paste -sd,
}

# Print the free memory in KiB, including the per-CPU lists.
free_memory() {
	cat /proc/sys/vm/stat_refresh
	awk '$1 == "nr_free_pages" || $1 == "count:" { sum += $2 }
		END { print sum * 4 }' /proc/zoneinfo
}

# measure NAME: set $held and $free while the storm is stopped.
measure() {
	pkill -STOP -P "$actor"
	held=$(kernel_memory "$work/$1") free=$(free_memory)
	pkill -CONT -P "$actor"
}

# The limits of cycles() are as follows. Kernel objects may grow by less than 4
# KiB per cycle in at least one half of the cycles: a leak grows in both halves,
# but the storm's own memory varies by more than that. Free pages may shrink by 4
# MiB, because the storm is not stopped at the same point each time. The device
# allocates 1 MiB in each cycle.
cycles() {
	local i held free first_held first_free middle_held='' half

	half=$(((CYCLES - WARM) / 2))
	log_begin
	act storm || return
	for ((i = 1; i <= CYCLES; i++)); do
		cycle $i || return
		case $i in
		"$WARM")
			measure first
			first_held=$held first_free=$free
			;;
		$((WARM + half)))
			measure middle
			middle_held=$held
			;;
		esac
	done
	measure last
	leave
	memory="kernel objects $first_held kB after $WARM cycles, $middle_held kB"
	memory+=" after half of the others, $held kB at the end;"
	memory+=" free $first_free kB, $free kB; most bytes more:"
	memory+=" $(growth "$work/first" "$work/last")"
	! splat && nothing_attached || return
	# Skip the measurement on this kernel, because it would include memory
	# that the sanitizers keep.
	[[ ! $leaks_are_found ]] || return 0
	{
		within 0 $((first_held + half * 4)) "$middle_held" held ||
			within 0 $((middle_held + half * 4)) "$held" held
	} && within $((first_free - 4096)) $((1 << 30)) "$free" free
}

echo "TAP version 13"
take_module
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check "$CYCLES cycles under faults leave nothing" cycles
echo "# $memory"
give_back
finish
