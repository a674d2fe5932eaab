#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Load and unload the module 24 times, or 1000 times with SOAK=1, while every
# CPU handles faults. The cycles use all methods to attach probes. No memory may
# be left allocated. On a kernel with kmemleak, 10 cycles are enough: each of
# them takes a long time, and kmemleak finds leaks.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

CYCLES=24
[[ ! ${SOAK:-} ]] || CYCLES=1000
WARM=8		# number of cycles in which all one-time allocations are made
leaks_are_found=
if [[ -e /sys/kernel/debug/kmemleak ]]; then
	leaks_are_found=1
	CYCLES=10
fi

# Handle faults on every CPU until "leave". The commands of the test have priority,
# because half of the time of a cycle would be spent waiting for a CPU.
begin_storm() {
	act storm || return
	renice -n 10 $(pgrep -P $actor) >/dev/null
}

# Return 0 if every CPU has recorded at least one event.
storming() {
	! grep -L '^entries: [1-9]' $tracing/per_cpu/cpu*/stats | grep -q .
}

# cycle NUMBER: load the module, record events, and unload the module. With
# kretprobes, the module can be unloaded while events are enabled.
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

# objects: print how many bytes of kernel memory are in use. There is one line
# for each slab cache whose objects can't be reclaimed, and lines for other
# memory. Counting the pages of the caches would be less precise, because
# short-lived objects share pages with long-lived objects. A cache counts all
# objects of a CPU's current slab as allocated. So one process shrinks all
# caches and then reads the numbers: if a process began in between, it would
# take new slabs.
objects() {
	# The other entries in /sys/kernel/slab are links to its subdirectories.
	find /sys/kernel/slab -mindepth 1 -maxdepth 1 -type d | awk '
		function value(cache, name, file, line) {
			file = cache "/" name
			getline line <file
			close(file)
			return line + 0
		}
		{ caches[NR] = $0 }
		END {
			for (i = 1; i <= NR; i++) {
				print 1 >(caches[i] "/shrink")
				close(caches[i] "/shrink")
			}
			for (i = 1; i <= NR; i++)
				if (!value(caches[i], "reclaim_account"))
					print substr(caches[i], 18), \
						value(caches[i], "objects") * \
						value(caches[i], "object_size")
		}'
	awk '/^(Percpu|VmallocUsed):/ { print $1, $2 * 1024 }' /proc/meminfo
}

# kernel_memory FILE: reclaim as much memory as possible. Print how many KiB of
# memory the kernel still uses. Write to FILE how much memory each slab cache
# and each other use takes.
kernel_memory() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	objects >"$1"
	awk '{ sum += $2 } END { printf "%d\n", sum / 1024 }' "$1"
}

# growth FILE FILE: print which memory has grown most from the first file to the
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

# measure NAME: stop the storm, and start a new one afterwards. In between, set $held to
# the memory of the kernel, and $free to the free memory, in KiB. The kernel frees the
# memory of dead processes in the background, so measure until no more is freed.
measure() {
	local again

	leave
	held=$(kernel_memory "$work/$1")
	until again=$(kernel_memory "$work/$1") && ((again >= held)); do
		held=$again
	done
	free=$(free_memory)
	begin_storm
}

# Kernel objects must grow by less than 4 KiB per cycle in at least one half of
# the cycles. A leak grows in both halves. In a single half, other memory may grow by
# more than this limit. Free pages may shrink by 4 MiB. The limits are low enough,
# because the device allocates 1 MiB in each cycle.
cycles() {
	local i held free first_held first_free middle_held='' half

	half=$(((CYCLES - WARM) / 2))
	log_begin
	begin_storm || return
	for ((i = 1; i <= CYCLES; i++)); do
		cycle $i || return
		((i % 100)) || echo "# $i cycles in $SECONDS s" >&3
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
	# On a kernel with sanitizers, do not compare the numbers, because these
	# numbers include memory that the sanitizers keep.
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
exec 3>&1
check "$CYCLES cycles under faults leave nothing" cycles
echo "# $memory"
give_back
finish
