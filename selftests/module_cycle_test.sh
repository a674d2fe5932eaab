#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module comes and goes a hundred times, attached in every way, while faults
# are under way on every CPU. Nothing is left behind. A kernel with kmemleak takes
# long for each time, and finds leaks by itself.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

CYCLES=100
WARM=10		# cycles until all that is allocated once is allocated
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

# Kilobytes that the kernel holds, with all that can be given back given back.
kernel_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^(SUnreclaim|Percpu|VmallocUsed):/ { sum += $2 } END { print sum }' \
		/proc/meminfo
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
	held=$(kernel_memory) free=$(free_memory)
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
			measure
			first_held=$held first_free=$free
			;;
		$((WARM + half)))
			measure
			middle_held=$held
			;;
		esac
	done
	measure
	leave
	memory="kernel objects $first_held kB after $WARM cycles, $middle_held kB"
	memory+=" after half of the others, $held kB at the end;"
	memory+=" free $first_free kB, $free kB"
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
check "$CYCLES cycles under faults leave nothing behind" cycles
echo "# $memory"
give_back
finish
