#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a report says about the machine of the recording, and about the settings of huge
# pages there.
#
# Depends on: nothing.

# shellcheck source=recording.sh disable=SC2086,SC2317
. "$(dirname "$0")/recording.sh"

need_recordings exports.py

# The settings are not those of this machine.
"$programs/recordings" events >kept.dat <<-'END'
.about "machine":{"node":"vm\u001b1","date":"2026-07-24T18:00:00Z","cpu":"A CPU","cpus":2,"memory_bytes":4294967296}
.about "thp_settings":{"enabled":"madvise","defrag":"defer+madvise","shmem_enabled":"deny","khugepaged/max_ptes_none":511,"odd":[1]}
.about "hugetlb":[{"page_bytes":2097152,"pages":3,"free":2,"reserved":1,"surplus":0,"overcommit":4}]
END
"$programs/recordings" events >older.dat </dev/null
"$programs/recordings" events >odd.dat <<-'END'
.about "machine":[],"thp_settings":1,"hugetlb":{"a":1}
END

summary_has_the_machine() {
	mmapdemo report kept.dat >kept.txt || return
	has '^recorded on vm\\0331 at 2026-07-24T18:00:00Z: 2 CPUs \(A CPU\), 4 GiB of memory$' \
		kept.txt &&
		has '^transparent huge pages: madvise, defrag defer\+madvise, shmem deny, khugepaged/max_ptes_none 511$' \
			kept.txt
}

machine_is_shown() {
	equal 'machine
node vm\0331
kernel 6.1.0
beginning of the recording 2026-07-24T18:00:00Z
CPU A CPU
number of CPUs 2
memory 4 GiB
settings of transparent huge pages when the recording began
enabled madvise
defrag defer+madvise
shmem_enabled deny
khugepaged/max_ptes_none 511
pools of hugetlbfs when the recording began
pages of 2 MiB 3, of which 2 free and 1 reserved; 0 surplus of at most 4' \
		"$(mmapdemo report --machine kept.dat | sed -E 's/^ +//; s/  +/ /')" \
		machine
}

json_has_the_machine() {
	mmapdemo report --json kept.dat >kept.json || return
	equal "['2026-07-24T18:00:00Z', 'A CPU', 2, 4294967296]" \
		"$(member kept.json '[r["machine"][m] for m in
			("date", "cpu", "cpus", "memory_bytes")]')" machine &&
		equal "[('defrag', 'defer+madvise'), ('enabled', 'madvise'), ('khugepaged/max_ptes_none', 511), ('shmem_enabled', 'deny')]" \
			"$(member kept.json 'sorted(r["thp_settings"].items())')" settings &&
		equal '[[2097152, 3, 2, 1, 0, 4]]' "$(member kept.json \
			'[[p[m] for m in ("page_bytes", "pages", "free", "reserved",
			"surplus", "overcommit")] for p in r["hugetlb"]]')" pools
}

# without NAME: a recording without these facts is still read.
without() {
	mmapdemo report $1.dat >$1.txt && mmapdemo report --json $1.dat >$1.json &&
		! grep -E 'recorded on|huge pages' $1.txt &&
		equal '[]' "$(member $1.json '[m for m in ("machine",
			"thp_settings", "hugetlb") if m in r]')" JSON &&
		equal 'the machine was not recorded
settings of transparent huge pages were not recorded' \
			"$(mmapdemo report --machine $1.dat)" machine
}

echo "TAP version 13"
check 'the summary has the machine' summary_has_the_machine
check '--machine shows the machine and its settings' machine_is_shown
check 'JSON has the machine and its settings' json_has_the_machine
check 'a recording may lack the machine' without older
check 'a machine of the wrong type is ignored' without odd
finish
