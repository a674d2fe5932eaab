#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo lint advises on memory that got pages of 4 KiB instead of huge pages, for each
# reason that the user can change, and for no other.
#
# Depends on: nothing.

# shellcheck source=recording.sh disable=SC2034,SC2086,SC2154,SC2317
. "$(dirname "$0")/recording.sh"
# shellcheck source=first_touches.sh
. "$(dirname "$0")/first_touches.sh"

need_recordings exports.py

# lint_of SETTINGS COMMAND...: lint the recording of the events that COMMAND prints. Keep
# the findings about small pages in the file "words".
lint_of() {
	{ echo ".about \"memory_bytes\":1073741824,$1" && "${@:2}"; } | "$programs/recordings" events >one.dat &&
		mmapdemo lint --verbose -i one.dat >all || return
	grep -A 1 '^small-pages ' all | sed 's/  */ /g' >words
}

# finds PAGES HUGE ADVICE: check that there is only this finding.
finds() {
	equal "small-pages $1 pages of 4 KiB touched instead of $2 huge pages, costing $((
		$1 / 10)).$(($1 % 10)) us anonymous 10000000-10400000" \
		"$(head -n 1 words)" finding &&
		equal " $3" "$(sed -n 2p words)" advice && equal 2 "$(wc -l <words)" lines ||
		! cat all
}

finds_none() {
	equal '' "$(<words)" findings
}

madvise='"thp_settings":{"enabled":"madvise"}'
always='"thp_settings":{"enabled":"always"}'
never='"thp_settings":{"enabled":"never"}'
asks='madvise(MADV_HUGEPAGE) asks for huge pages: then one fault maps 2 MiB'

# touch_two FLAGS [PAGES]: touch two blocks, the second one not completely.
touch_two() {
	flags=$1 vma=0x10000000-0x10400000
	pages 0x10000000 512
	pages 0x10200000 "${2:-512}"
}

a_program_may_ask() {
	lint_of "$madvise" touch_two $rw && finds 1024 2 "$asks" &&
		! grep '^fault-storm' all
}

little_memory_is_not_worth_it() {
	lint_of "$madvise" touch_two $rw 511 && finds_none && grep -q '^fault-storm' all
}

# Most of a huge page would be unused.
sparse_memory_is_not_worth_it() {
	sparse() {
		local block

		flags=$rw vma=0x10000000-0x11000000
		for ((block = 0; block < 8; block++)); do
			pages $((0x10000000 + 0x200000 * block)) 255
		done
	}
	lint_of "$madvise" sparse && finds_none
}

a_setting_may_forbid_them() {
	lint_of "$never" touch_two $rw &&
		finds 1024 2 'write "madvise" to /sys/kernel/mm/transparent_hugepage/enabled: then madvise(MADV_HUGEPAGE) asks for huge pages' &&
		lint_of '"kernel":"6.12.1","thp_settings":{"enabled":"never","hugepages-2048kB/enabled":"madvise"}' \
			touch_two $rw && finds 1024 2 "$asks"
}

# On Linux 6.12, the setting is the first test, but the program asked for small pages.
nothing_is_said_about_what_was_asked_for() {
	lint_of "$madvise" touch_two $refused && finds_none &&
		lint_of '"kernel":"6.12.1",'"$madvise" touch_two $refused && finds_none
}

# If nothing is in the way, the recording does not show whether it was prctl().
nothing_is_said_if_the_reason_is_unknown() {
	lint_of "$always" touch_two $rw && finds_none &&
		lint_of '"page_bytes":4096' touch_two $rw && finds_none
}

memory_was_read_first() {
	read_first() {
		local block i

		flags=$rw vma=0x10000000-0x10400000
		for block in 0x10000000 0x10200000; do
			fault $split $block table entry_before=0x89
			for ((i = 1; i < 512; i++)); do
				fault $copy $((block + 4096 * i)) table entry_before=0x89
			done
		done
	}
	lint_of "$always" read_first &&
		finds 1024 2 'write to the memory before the first read: before Linux 7.2, a write to the huge zero page maps a page of 4 KiB'
}

# The memory becomes accessible in steps of 64 KiB, each of which is touched at once.
memory_grows_in_small_steps() {
	grows() {
		local at i before

		flags=$rw
		for ((at = 0x10000000; at < $1; at += 0x10000)); do
			vma=0x10000000-$((at + 0x10000))
			before=table
			((at & 0x1fffff)) || before=none
			for ((i = 0; i < 16; i++)); do
				fault $small $((at + 4096 * i)) $before
				before=table
			done
		done
	}
	lint_of "$always" grows 0x10400000 &&
		finds 1024 2 'make the memory accessible in multiples of 2 MiB; or madvise(MADV_COLLAPSE) makes huge pages later' &&
		lint_of '"kernel":"5.10.0",'"$always" grows 0x10400000 &&
		finds 1024 2 'make the memory accessible in multiples of 2 MiB' &&
		lint_of "$always" grows 0x103f0000 && finds_none || return
	# The last block does not become complete.
	lint_of "$always" grows 0x105f0000 &&
		equal 'small-pages 1024 pages of 4 KiB touched instead of 2 huge pages, costing 102.4 us anonymous 10000000-105f0000' \
			"$(head -n 1 words)" complete
}

memory_was_fragmented() {
	fragmented() {
		flags=$rw vma=0x10000000-0x10400000
		for block in 0x10000000 0x10200000; do
			echo "fault_time mm=7 address=$block duration=100 work=40 compaction=60 class=2"
			pages $block 512
		done
	}
	lint_of "$always" fragmented &&
		finds 1024 2 'free memory was fragmented: write 1 to /proc/sys/vm/compact_memory before the program starts, or reserve huge pages at boot (hugetlbfs)'
}

# Two mappings with the same cause are one finding.
equal_causes_are_grouped() {
	twice() {
		touch_two $rw
		vma=0x20000000-0x20400000
		pages 0x20000000 512
		pages 0x20200000 512
	}
	lint_of "$madvise" twice && mmapdemo lint -i one.dat >all &&
		has '^small-pages +2048 pages of 4 KiB touched instead of 4 huge pages, .* and 1 more$' \
			all &&
		mmapdemo lint --json -i one.dat >all.json &&
		grep '"small-pages"' all.json >one.json &&
		equal '4 2048 2' "$(member one.json '"%d %d %d" % (r["count"], r["pages"],
			r["ranges"])')" JSON
}

# ENOMEM is 12. The last calls are not about pages of 2 MiB that were missing.
a_pool_was_too_small() {
	fails() {
		mmap_fails 0x40021 12 148897793
		mmap_fails 0x54040021 12 1
		do_mmap_fails 0x40022 12 2097152
		mmap_fails 0x40021 22 1
		mmap_fails 0x21 12 1
		mmap_fails 0x78040021 12 1073741824
	}
	lint_of "$always" fails
	has '^hugetlb-failed +3 calls of mmap\(MAP_HUGETLB\) failed, which requested 72 pages of 2 MiB$' \
		all && has '^ +the pool of hugetlbfs has too few pages: raise vm\.nr_hugepages; ' all &&
		mmapdemo lint --json -i one.dat >all.json &&
		grep '"hugetlb-failed"' all.json >one.json &&
		equal '3 72' "$(member one.json '"%d %d" % (r["count"], r["pages"])')" JSON
}

echo "TAP version 13"
check 'a program may ask for huge pages' a_program_may_ask
check 'little memory is not worth a finding' little_memory_is_not_worth_it
check 'sparse memory is not worth a finding' sparse_memory_is_not_worth_it
check 'a setting may forbid huge pages' a_setting_may_forbid_them
check 'nothing is said about what was asked for' nothing_is_said_about_what_was_asked_for
check 'nothing is said if the reason is unknown' nothing_is_said_if_the_reason_is_unknown
check 'memory was read first' memory_was_read_first
check 'memory grows in small steps' memory_grows_in_small_steps
check 'memory was fragmented' memory_was_fragmented
check 'a pool of hugetlbfs was too small' a_pool_was_too_small
check 'equal causes are grouped' equal_causes_are_grouped
finish
