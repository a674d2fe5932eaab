#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# trace-cmd can use the events directly.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_tool trace-cmd trace-cmd
work=$(mktemp -d)
trap 'trace-cmd reset >/dev/null; rm -rf "$work"' EXIT
cd "$work" || exit

PAGES=257
events='do_mmap get_unmapped_area vma_merge vma_link pte_fault '
events+='vma_split vma_unlink brk'

lists_them() {
	local event

	trace-cmd list -e '^mmapdemo:' >list.txt || return
	for event in $events; do
		grep -qx "mmapdemo:$event" list.txt || return
	done
}

records() {
	local event start faults

	trace-cmd record -q -o trace.dat -e mmapdemo -F \
		"$programs/actor" walker $PAGES </dev/null >said || return
	start=$(grep ^0x said)
	trace-cmd report trace.dat >report.txt || return
	for event in $events; do
		grep -q " $event: " report.txt || return
	done
	faults=$(faults_in "$start" $PAGES <report.txt)
	equal $PAGES "$(wc -l <<<"$faults")" faults &&
		equal $PAGES "$(grep -c ' access=write from=user class=anon ' \
			<<<"$faults")" "faults of class anon"
}

# Print the lines of a trace as "EVENT: FIELDS". Replace 0x0 by 0, because the
# kernel prints 0x0 where trace-cmd prints 0.
fields() {
	grep -oE " (${events// /|}|mremap|dup_mm|pgd_alloc|exit_mmap|fault_time|mmap_lock_wait|pte_faults|fault_signal): .*" |
		sed 's/  */ /g; s/\<0x0\>/0/g'
}

# From the binary format, trace-cmd must produce the same text that the kernel
# prints.
decodes_as_the_kernel_does() {
	local odd="$work/a name \"with\" \\odd\\ characters"

	head -c 100000 /dev/zero >"$odd"
	trace-cmd reset >/dev/null
	trace-cmd start -q -e mmapdemo >/dev/null || return
	"$programs/actor" walker $PAGES </dev/null >/dev/null
	"$programs/actor" reader "$odd" </dev/null >/dev/null
	"$programs/actor" reader /proc/self/maps </dev/null >/dev/null 2>&1
	trace-cmd stop
	fields <$tracing/trace >kernel.txt
	trace-cmd extract -o extract.dat >/dev/null || return
	trace-cmd reset >/dev/null
	trace-cmd report extract.dat | fields >report.txt
	grep -q 'name=a\\040name\\040\\042with\\042\\040\\134odd\\134\\040' \
		kernel.txt || return
	within $PAGES 99999 "$(wc -l <kernel.txt)" events || return
	cmp -s kernel.txt report.txt ||
		! diff kernel.txt report.txt | head -n 20
}

echo "TAP version 13"
check 'trace-cmd lists the events' lists_them
check 'trace-cmd records and decodes the events' records
check 'trace-cmd prints what the kernel prints' decodes_as_the_kernel_does
finish
