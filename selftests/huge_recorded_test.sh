#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo why --huge with a recording: where a process that has ended got huge pages,
# and why not elsewhere.
#
# Depends on: nothing.

# shellcheck source=recording.sh disable=SC2034,SC2086,SC2154,SC2317
. "$(dirname "$0")/recording.sh"
# shellcheck source=first_touches.sh
. "$(dirname "$0")/first_touches.sh"

need_recordings exports.py

# Each kind of memory has a different number of pages. The second VMA grows.
memory() {
	flags=$rw vma=0x10010000-0x10600000
	pages 0x10010000 496
	fault $huge 0x10200000 none order=9 entry_after=0x13b after=0xf
	vma=0x30000000-0x30010000
	pages 0x30000000 5
	vma=0x30000000-0x30400000
	fault $small 0x30010000 table
	flags=$refused vma=0x50000000-0x50400000
	pages 0x50000000 100
	flags=$rw vma=0x70000000-0x70400000
	fault $split 0x70000000 table entry_before=0x89
	fault $copy 0x70001000 table entry_before=0x89
	flags=$advised vma=0x80000000-0x80400000
	fault $small 0x80000000 table
	pages 0x80200000 7
}

always='"thp_settings":{"enabled":"always"}'

record() {
	{ echo ".about $2" && memory; } | "$programs/recordings" events >$1.dat
}

# The first task of recordings.c
pid=1000

# ask NAME OPERAND...: explain the process of the recording NAME.
ask() {
	mmapdemo why --huge -i $1.dat $pid "${@:2}" >words || cat words
}

groups_first_touches() {
	record always "$always" && ask always &&
		equal "process $pid: 4.4 MiB of first touches of anonymous memory in 5 VMAs, transparent_hugepage/enabled: always
    2 MiB  mapped by huge pages
           000010010000-000010600000 anonymous memory rw-p 2 MiB
    2 MiB  the aligned 2 MiB are not inside the VMA
           000010010000-000010600000 anonymous memory rw-p 1.9 MiB: begins 64 KiB after a multiple of 2 MiB
           000030000000-000030400000 anonymous memory rw-p 24 KiB
  400 KiB  madvise(MADV_NOHUGEPAGE) was called
           000050000000-000050400000 anonymous memory rw-p 400 KiB
   28 KiB  unknown: a huge page was possible, so no memory was free, the cgroup had no room, or prctl() disabled huge pages
           000080000000-000080400000 anonymous memory rw-p 28 KiB
    8 KiB  the huge zero page is mapped, because the memory was read first; a write maps 4 KiB pages
           -> write to the memory before it is read
           000070000000-000070400000 anonymous memory rw-p 8 KiB
    4 KiB  a page table exists, because a part of the 2 MiB was touched before a huge page was possible
           -> madvise(MADV_COLLAPSE) makes huge pages at once
           000080000000-000080400000 anonymous memory rw-p 4 KiB" "$(<words)" words
}

uses_the_recorded_setting() {
	record madvise '"thp_settings":{"enabled":"madvise"}' && ask madvise &&
		has '^ *2 MiB  the setting of the system does not allow huge pages here \(transparent_hugepage/enabled: madvise\)$' \
			words
}

# Each first touch is followed by its reason. The VMA was too small at that of the block.
shows_the_touches_of_a_block() {
	ask always 30123456 &&
		equal 6 "$(grep -c ' anon  *write 300[01]' words)" faults &&
		equal 6 "$(grep -c '^ *-> the aligned 2 MiB are not inside the VMA$' words)" \
			reasons &&
		ask always 10200000 && has ' huge-anon +write 10200000 ' words &&
		has '^ *-> mapped by huge pages$' words &&
		ask always 50000000 && has '^ *\.\.\. and 90 more$' words &&
		equal 10 "$(grep -c ' anon ' words)" short &&
		ask always -v 50000000 && equal 100 "$(grep -c ' anon ' words)" all &&
		ask always 80200000 && has '^ *-> unknown: a huge page was possible' words &&
		ask always 90000000 &&
		equal 'the recording has no first touch of anonymous memory in the 2 MiB at 90000000' \
			"$(<words)" none
}

writes_json() {
	ask always --json &&
		equal "mapped=512 range=502 nohugepage=100 unknown=7 zero=2 table=1" \
			"$(tail -n 1 words >last.json && member last.json '" ".join(
				p["reason"] + "=" + str(p["bytes"] // 4096) for p in
				sorted(r["reasons"], key=lambda p: -p["bytes"]))')" sum &&
		head -n 1 words >head.json &&
		equal '1 6.1 always' "$(member head.json \
			'"%d %s %s" % (r["recorded"], r["rules"], r["enabled"])')" head &&
		ask always --json 10200000 &&
		equal '"mapped"' "$(sed -n 's/.*"reason":\([^,}]*\).*/\1/p' words | head -n 1)" block
}

shows_failed_calls() {
	local pool='"hugetlb":[{"page_bytes":2097152,"pages":5,"free":4,"reserved":1,"surplus":0,"overcommit":0}]'

	{
		echo ".about $always,$pool"
		flags=$rw vma=0x30000000-0x30010000
		mmap_fails 0x40021 12 150994944
		pages 0x30000000 5
	} | "$programs/recordings" events >pool.dat && ask pool &&
		has '^mmap\(MAP_HUGETLB\) failed 1 time, for 72 pages of 2 MiB; the pool of hugetlbfs had 3 free pages \(vm\.nr_hugepages\)$' \
			words && ask pool --json && head -n 1 words >head.json &&
		equal '1 72 4' "$(member head.json '"%d %d %d" % (r["hugetlb_failed"],
			r["hugetlb_wanted"], r["hugetlb"][0]["free"])')" JSON &&
		ask always && ! grep MAP_HUGETLB words
}

# After exec, the process has another address space.
forgets_what_was_before_exec() {
	{
		echo ".about $always"
		flags=$rw vma=0x30000000-0x30010000
		pages 0x30000000 5
		flags=$refused vma=0x50000000-0x50400000
		pages 0x50000000 3 | sed 's/ mm=7 / mm=8 /'
	} | "$programs/recordings" events >exec.dat && ask exec &&
		has ': 12 KiB of first touches of anonymous memory in 1 VMA, ' words
}

refuses_what_is_not_there() {
	pid=77 refused 1 'why: always.dat: the recording does not contain process 77' \
		why --huge -i always.dat 77 &&
		refused 1 'why: none.dat: No such file' why --huge -i none.dat $pid &&
		refused 2 'why: --try requires' why --huge --try -i always.dat $pid 1000
}

echo "TAP version 13"
check 'why groups the first touches of a recording' groups_first_touches
check 'why uses the setting of the recording' uses_the_recorded_setting
check 'why shows the first touches of a block' shows_the_touches_of_a_block
check 'why writes them as JSON' writes_json
check 'why shows calls with MAP_HUGETLB that failed' shows_failed_calls
check 'why forgets what was before exec' forgets_what_was_before_exec
check 'why refuses what is not in the recording' refuses_what_is_not_there
finish
