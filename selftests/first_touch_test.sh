#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which first touches of memory got pages of 4 KiB, and why, according to a report.
#
# Depends on: nothing.

# shellcheck source=recording.sh disable=SC2086,SC2317
. "$(dirname "$0")/recording.sh"
# shellcheck source=first_touches.sh
. "$(dirname "$0")/first_touches.sh"

need_recordings exports.py

always='"enabled":"always","hugepages-2048kB/enabled":"inherit"'
zero_read=1 huge_zero=13

# The heap begins 64 KiB after a multiple of 2 MiB. Its first 496 pages are small, and
# then it gets a huge page. Below, each kind of memory has a different number of pages.
memory() {
	flags=$rw vma=0x10010000-0x10600000
	echo "vma_link mm=7 cause=0 start=${vma%-*} end=${vma#*-} vm_flags=$rw map_count=4 nr=9"
	pages 0x10010000 496
	fault $huge 0x10200000 none order=9 entry_after=0x13b after=0xf
	vma=0x30000000-0x30300000
	pages 0x30200000 20
	vma=0x40010000-0x40400000
	pages 0x40010000 10
	flags=$refused vma=0x50000000-0x50400000
	pages 0x50000000 100
	# A VMA that grows after its first touch
	flags=$rw vma=0x60000000-0x60021000
	pages 0x60000000 1
	vma=0x60000000-0x60400000
	fault $small 0x60001000 table
	fault $small 0x60100000 table
	# Memory that was read first, and then written
	vma=0x70000000-0x70400000
	fault $huge_zero 0x70000000 none access=0 entry_after=0x89 after=0xf
	fault $split 0x70000000 table entry_before=0x89
	fault $copy 0x70001000 table entry_before=0x89
	# A copy after fork is no first touch.
	fault $copy 0x70002000 table entry_before=0x119
	# The first touch was before the recording.
	vma=0x80000000-0x80400000
	fault $small 0x80000000 table
	# Nothing speaks against a huge page.
	flags=$advised
	pages 0x80200000 5
}

# record NAME ABOUT: write the recording NAME with these settings.
record() {
	{ echo ".about $2" && memory; } | "$programs/recordings" events >$1.dat &&
		mmapdemo report $1.dat >$1.txt && mmapdemo report --json $1.dat >$1.json
}

# reasons NAME: print the pages of each reason.
reasons() {
	member $1.json '" ".join(p["reason"] + "=" + str(p["bytes"] // 4096)
		for p in r["first_touch"]["reasons"])'
}

all_reasons_are_counted() {
	record always "\"thp_settings\":{$always}" || return
	equal 'unknown=5 table=1 zero=2 nohugepage=100 range=529' "$(reasons always)" \
		reasons &&
		equal '(637, 512, 3)' "$(member always.json 'tuple(r["first_touch"][m] // 4096
			for m in ("small_bytes", "huge_bytes", "short_bytes"))')" sums &&
		equal "[('begin', 268500992, 65536, 496), ('end', 805306368, 1048576, 20), ('begin', 1073807360, 65536, 10)]" \
			"$(member always.json '[(v["side"], v["start"], v["distance"],
				v["bytes"] // 4096) for v in r["first_touch"]["ranges"]]')" VMAs
}

the_largest_reason_is_first() {
	has '^2\.5 MiB of first touches of anonymous memory got pages of 4 KiB, 2 MiB got huge pages: 1\.9 MiB because anonymous memory at 10010000 begins 64 KiB after a multiple of 2 MiB; 400 KiB because of MADV_NOHUGEPAGE; 80 KiB because VMAs ended inside the 2 MiB at the first touch; 40 KiB because other VMAs begin inside the 2 MiB; 20 KiB although a huge page was possible: .*; 12 KiB because VMAs were smaller than 2 MiB at the first touch; 8 KiB because the memory was read first \(huge zero page\); 4 KiB because a page table was there before$' \
		always.txt
}

# On Linux 6.1, the setting comes after MADV_NOHUGEPAGE. On Linux 6.12, it comes first.
a_setting_is_the_reason() {
	record madvise '"thp_settings":{"enabled":"madvise"}' || return
	equal 'unknown=5 nohugepage=100 setting=532' "$(reasons madvise)" 6.1 &&
		has ' because of transparent_hugepage/enabled \(madvise\)' madvise.txt || return
	record sized '"kernel":"6.12.1","thp_settings":{"enabled":"always","hugepages-2048kB/enabled":"madvise"}' ||
		return
	equal 'unknown=5 setting=632' "$(reasons sized)" 6.12 &&
		has ' because of transparent_hugepage/hugepages-2048kB/enabled \(madvise\)' \
			sized.txt
}

smaller_pages_are_mentioned() {
	record smaller "\"thp_settings\":{$always,\"hugepages-64kB/enabled\":\"inherit\",\"hugepages-32kB/enabled\":\"never\"}" &&
		has '^2\.5 MiB of first touches of anonymous memory got pages of 4 KiB or smaller huge pages, 2 MiB got huge pages: ' \
			smaller.txt &&
		equal '1 0' "$(member smaller.json 'r["first_touch"]["smaller"]') $(member \
			always.json 'r["first_touch"]["smaller"]')" JSON
}

# Recordings of older versions have only one setting, or none. The huge zero page proves
# that huge pages were possible.
settings_may_be_unknown() {
	record older '"thp":"madvise"' &&
		equal 'unknown=5 nohugepage=100 setting=532' "$(reasons older)" older || return
	record none '"thp":""' || return
	equal 'unknown=5 table=1 zero=2 nohugepage=100 range=529' "$(reasons none)" none &&
		has ' for an unknown reason, because the settings were not recorded' none.txt
}

# The kernel compacted memory, but found no huge page.
memory_may_be_fragmented() {
	{
		echo ".about \"thp_settings\":{$always}"
		flags=$rw vma=0x80000000-0x80400000
		echo "fault_time mm=7 address=0x80000000 duration=100 work=40 compaction=60 class=2"
		pages 0x80000000 512
	} | "$programs/recordings" events >memory.dat &&
		mmapdemo report memory.dat >memory.txt || return
	has '^2 MiB of first touches .*: 2 MiB because no huge page was free$' \
		memory.txt
}

# Less than 2 MiB could not be a huge page anyway.
small_programs_have_no_line() {
	{
		echo ".about \"thp_settings\":{$always}"
		flags=$refused vma=0x80000000-0x80400000
		pages 0x80000000 511
	} | "$programs/recordings" events >little.dat &&
		mmapdemo report little.dat >little.txt || return
	! grep 'first touches' little.txt
}

# A block that is unmapped and mapped again has another reason.
reasons_belong_to_mappings() {
	{
		echo ".about \"thp_settings\":{$always}"
		flags=$rw vma=0x90010000-0x90400000
		pages 0x90010000 496
		flags=$refused vma=0x90000000-0x90400000
		pages 0x90000000 100
		flags=$rw
		fault $zero_read 0x90100000 table access=0 entry_after=0x89
	} | "$programs/recordings" events >again.dat &&
		mmapdemo report --json again.dat >again.json || return
	equal 'nohugepage=100 range=496' "$(reasons again)" reasons
}

echo "TAP version 13"
check 'all reasons are counted' all_reasons_are_counted
check 'the largest reason is the first' the_largest_reason_is_first
check 'a setting is the reason' a_setting_is_the_reason
check 'smaller huge pages are mentioned' smaller_pages_are_mentioned
check 'the settings may be unknown' settings_may_be_unknown
check 'memory may be fragmented' memory_may_be_fragmented
check 'small programs have no line' small_programs_have_no_line
check 'reasons belong to mappings' reasons_belong_to_mappings
finish
