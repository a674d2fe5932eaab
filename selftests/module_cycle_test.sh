#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module comes and goes 24 times, with SOAK=1 a thousand, attached in every way,
# while faults are under way on every CPU. Nothing is left behind. A kernel with
# kmemleak takes long for each time, and finds leaks by itself.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

CYCLES=24
[[ ! ${SOAK:-} ]] || CYCLES=1000
WARM=8		# cycles until all that is allocated once is allocated
leaks_are_found=
if [[ -e /sys/kernel/debug/kmemleak ]]; then
	leaks_are_found=1
	CYCLES=10
fi

# Has every CPU had an event?
storming() {
	! grep -L '^entries: [1-9]' $tracing/per_cpu/cpu*/stats | grep -q .
}

# One cycle, $1 the number. The events can stay enabled with kretprobes only.
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

# Bytes of objects that the kernel can't give back, a line for each cache, and of
# what is no object. Pages of caches would tell less: they are shared by objects
# that live long and short.
objects() {
	local shrink

	for shrink in /sys/kernel/slab/*/shrink; do
		echo 1 >"$shrink"
	done
	# The others are links to these.
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

# kernel_memory FILE: kilobytes that the kernel holds, with all that can be given
# back given back; in FILE of what.
kernel_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	objects >"$1"
	awk '{ sum += $2 } END { printf "%d\n", sum / 1024 }' "$1"
}

# growth FILE FILE: what grew most from one to the other.
growth() {
	awk 'NR == FNR { before[$1] = $2; next }
		$2 - before[$1] > 4096 { print $2 - before[$1], $1 }' "$@" |
		sort -rn | head -n 5 | paste -sd,
}

# Free, with what each CPU has in stock.
free_memory() {
	cat /proc/sys/vm/stat_refresh
	awk '$1 == "nr_free_pages" || $1 == "count:" { sum += $2 }
		END { print sum * 4 }' /proc/zoneinfo
}

# While the storm holds its breath.
measure() {
	pkill -STOP -P "$actor"
	held=$(kernel_memory "$work/$1") free=$(free_memory)
	pkill -CONT -P "$actor"
}

# Objects of the kernel: less than a page for each cycle, in one half of them at
# least, as a leak is in both; what the storm has in use differs by more. Free
# pages: 4 MiB, as it does not stop at the same place; the device had 1 MiB in
# each cycle.
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
	# What sanitizers keep would be measured, too.
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
check "$CYCLES cycles under faults leave nothing behind" cycles
echo "# $memory"
give_back
finish
