#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The program slow plants one cause of slow page faults at a time. The first screen of
# mmapdemo report must name this cause, and mmapdemo lint must give advice if it has a
# rule for the cause.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
programs=$(realpath "$programs")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export LC_ALL=C

# Print the parts of the first screen, longest time first, without work.
waits() {
	{
		sed -n '/  PART$/,/  all$/p' screen | grep -vE '  (work|all)'
		grep -E '  waiting for mmap_lock before the faults' screen
	} | awk '
		$3 == "ns" { ns = 1 } $3 == "us" { ns = 1e3 }
		$3 == "ms" { ns = 1e6 } $3 == "s" { ns = 1e9 }
		ns { printf "%.0f %s\n", $2 * ns, $0 } { ns = 0 }' | sort -rn
}

# largest PART: check that faults waited longest in PART.
largest() {
	local longest

	longest=$(waits | head -n 1)
	grep -q "  $1" <<<"$longest" || ! echo "the largest wait: $longest"
}

# shows PART PATTERN...: check that PART is the largest wait of the faults, and that
# lines of the first screen match each PATTERN.
shows() {
	local pattern

	largest "$1" || ! cat screen || return
	for pattern in "${@:2}"; do
		grep -qE "$pattern" screen || ! cat screen || ! echo "no $pattern" ||
			return
	done
}

# advises PATTERN: check that a finding of lint matches PATTERN.
advises() {
	mmapdemo lint --json -i trace.dat >found || return
	grep -q "$1" found || ! cat found
}

# record CAUSE: record "slow CAUSE", and write the first screen of the report to the
# file "screen". Set $missing if the machine can't have the cause.
record() {
	local status=0

	missing=''
	rm -f trace.dat
	: >screen
	mmapdemo record -q -o trace.dat -- "$programs/slow" $1 2>errors || status=$?
	if ((status == 4)); then
		missing=$(sed -n 's/^slow: //p' errors)
		return
	fi
	((!status)) || return
	mmapdemo report trace.dat >report && head -n 24 report >screen
}

# cause CAUSE FINDING PART PATTERN...: test one cause, with shows(). FINDING is a pattern
# of a finding of lint; "-": lint has no rule for the cause
cause() {
	record $1 || cat errors
	if [[ $missing ]]; then
		skip "the report names the cause $1" "$missing"
		return
	fi
	check "the report names the cause $1" shows "${@:3}"
	[[ $2 == - ]] || check "lint advises on the cause $1" advises "$2"
}

# Print what the program leaves behind.
left() {
	ls -d /sys/kernel/config/nullb/slow* /sys/fs/cgroup/mmapdemo-test-* 2>/dev/null
	grep -E 'slow|nullb' /proc/swaps
	lsmod | grep null_blk
}

leaves_nothing() {
	equal '' "$(left)" 'what is left'
}

# Kill the program when its swap area is in use.
cleans_up_when_killed() {
	local status=0

	"$programs/slow" swap &
	until grep -qE 'slow|nullb' /proc/swaps; do
		kill -0 $! 2>/dev/null || return
	done
	kill $!
	wait $! || status=$?
	equal 137 $status status && leaves_nothing
}

needs_root() {
	local status=0 errors

	errors=$(setpriv --reuid=65534 --clear-groups "$programs/slow" uffd 2>&1) ||
		status=$?
	equal 1 $status status &&
		equal 'slow: needs root, to create disks and cgroups' "$errors" errors
}

echo "TAP version 13"
cause disk-random 'MADV_RANDOM' 'waiting for the disk (.* read)' \
	' read [0-9a-f]+ (slow|nullb)[0-9]+ by '
cause disk-sequential - 'waiting for the disk (.* read)' \
	' read [0-9a-f]+ (slow|nullb)[0-9]+ by '
cause swap - 'waiting for the disk (.* read)' '^ +[0-9.]+ ms  swap '
cause memory-limit '"finding":"memory-short"' 'reclaiming memory (.* reclaimed)'
cause compaction '"finding":"compaction"' 'compacting memory' 'ms  huge-anon '
cause lock-mprotect '"finding":"mmap-lock".*"call":"mprotect"' \
	'waiting for mmap_lock' 'of it held by ([0-9]+ calls? of )?mprotect\(\)' \
	'waiting for mmap_lock.*, held by [0-9]+ in mprotect\(\)'
cause lock-fork '"finding":"mmap-lock".*"call":"clone"' \
	'waiting for mmap_lock' 'of it held by ([0-9]+ calls? of )?clone\(\)' \
	'waiting for mmap_lock.*, held by [0-9]+ in clone\(\)'
cause uffd - 'asleep' 'asleep in handle_userfault'
cause cpu - 'waiting for a CPU' 'ms waiting for a CPU'
check 'the program removes what it needs' leaves_nothing
if modinfo null_blk >/dev/null 2>&1; then
	check 'the program cleans up when it is killed' cleans_up_when_killed
else
	skip 'the program cleans up when it is killed' 'no null_blk'
fi
check 'the program needs root' needs_root
finish
