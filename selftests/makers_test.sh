#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a report says about the calls that made VMAs, about the code that made these
# calls, and about the limit of VMAs.
#
# Depends on: nothing.

# shellcheck source=recording.sh disable=SC2086,SC2317
. "$(dirname "$0")/recording.sh"

need_recordings exports.py

# The first number in a row is the maximum number of VMAs that existed at the
# same time. The second number is the number of all VMAs that were made.
makers_of_vmas_are_counted() {
	recorded makers 1000 9 && mmapdemo report --by maker makers.dat >makers.txt &&
		mmapdemo report --json makers.dat >makers.json || return
	equal 'limit of 65530 VMAs (vm.max_map_count): not reached; maximum: 4 VMAs in process 1000 synthetic
VMAS MADE CALL
1000 1001 mmap r--p
2 2 mmap rw-p dontdump
2 2 mmap rw-p noreserve
1 9 mmap rw-p hugepage
1 9 mmap rwxp
1 9 mprotect (split)
1 1 munmap (split)
each split makes one more VMA, which is counted for the call that caused the split
the rows can have their maxima at different times and in different processes; no address space had more than 4 VMAs
the caller of 1033 VMAs is unknown; if the program was built with -fno-omit-frame-pointer, mmapdemo record --stack records the caller' "$(sed -E 's/^ +//; s/ +/ /g' makers.txt)" makers &&
		equal "('', 1000, 1001, 'mmap', 0, 'r--p')" \
			"$(member makers.json 'tuple(r["makers"][0][m] for m in
			("caller", "vmas", "made", "call", "split", "flags"))')" \
			JSON &&
		equal "('mprotect', 1, '')" "$(member makers.json \
			'[(m["call"], m["split"], m["flags"]) for m in r["makers"]
			if m["call"] == "mprotect"][0]')" 'JSON of a split'
}

# limited LIMIT ABOUT: print what the report says about the limit of VMAs. The
# recording has two processes, with five and with four VMAs. ABOUT has more
# members of the metadata.
limited() {
	"$programs/recordings" events >limited.dat <<-EOF || return
		.about "pid":1000,"max_map_count":$1${2:+,$2}
		.comms 1000 large
		vma_link tid=1000 mm=7 start=0x20000000 end=0x20400000 vm_flags=0x73 map_count=5
		vma_link tid=1003 mm=8 start=0x20000000 end=0x20400000 vm_flags=0x73 map_count=4
		sys_enter_mprotect tid=1000 start=0x20008000 len=8192 prot=1
		sys_exit_mprotect ret=-12
	EOF
	mmapdemo report limited.dat >limited.txt &&
		mmapdemo report --by maker limited.dat 2>/dev/null | sed -n 's/^limit of [0-9]* VMAs //p'
}

# The report may say that the limit was not reached only if no event is missing,
# and if no call failed near the limit.
the_limit_is_not_denied() {
	local vmas='5 VMAs in the largest address space, that of process 1000 large (limit'

	equal '(vm.max_map_count): not reached; maximum: 5 VMAs in process 1000 large' \
		"$(limited 20)" 'far from the limit' &&
		grep -qF "$vmas 20, vm.max_map_count);" limited.txt &&
		equal '(vm.max_map_count): reached; maximum: 5 VMAs in process 1000 large' \
			"$(limited 5)" 'at the limit' &&
		grep -qF "$vmas 5, vm.max_map_count: reached);" limited.txt || return
	equal '(vm.max_map_count): unknown whether the limit was reached; maximum: 5 VMAs in process 1000 large; 1 call failed with ENOMEM' \
		"$(limited 9)" 'near the limit' &&
		equal '(vm.max_map_count): unknown whether the limit was reached; maximum: at least 5 VMAs in process 1000 large; 5 events were lost; 1 kernel function call was not observed; other events are missing; 1 call failed with ENOMEM' \
			"$(limited 20 '"lost":[2,3],"missed":1,"gaps":["the disk was full"]')" losses &&
		equal '(vm.max_map_count): unknown whether the limit was reached; maximum: at least 5 VMAs in process 1000 large; some events are missing; 1 call failed with ENOMEM' \
			"$(limited 20 '"probes":[{"function":"f","events":["vma_split"],"error":2}]')" 'no splits' &&
		equal '(vm.max_map_count): not reached; maximum: 5 VMAs in process 1000 large' \
			"$(limited 20 '"probes":[{"function":"f","events":["brk"],"error":2}]')" 'no brk' &&
		limited 20 '"lost":[2,3]' >/dev/null &&
		grep -qF "at least $vmas 20, vm.max_map_count: unknown whether the limit was reached);" \
			limited.txt &&
		mmapdemo report --json limited.dat >limited.json &&
		equal "(5, 1000, 'large')" "$(member limited.json \
			'(r["vmas_most"], r["vmas_most_pid"], r["vmas_most_comm"])')" JSON
}

# Write callers.dat, with VMAs from several callers. One caller is in a file
# that no longer exists. Each argument adds a call stack to a VMA. One VMA was
# made by code of a file that has changed, and one VMA by unknown code.
records_callers() {
	"$programs/recordings" events >callers.dat <<-EOF
	.about "tasks":[{"tid":1000,"hidden":false,"maps":[{"start":4194304,"end":4202496,"ino":11,"dev":1,"name":"/gone/prog"},{"start":5242880,"end":5251072,"ino":12,"dev":1,"name":"$work/callers.dat"}]}]
	.about "files":[{"path":"/gone/prog","dev":1,"ino":11,"build_id":"00112233"},{"path":"$work/callers.dat","dev":1,"ino":12,"build_id":"44556677"}]
	vma_link tid=1000 mm=7 start=0x10000000 end=0x10001000 vm_flags=0x71 map_count=3 nr=9 caller=0x400111$1
	vma_link mm=7 start=0x20000000 end=0x20001000 vm_flags=0x73 map_count=4 nr=9 caller=0x400111
	vma_link mm=7 start=0x30000000 end=0x30001000 vm_flags=0x75 map_count=5 nr=9$2
	vma_link mm=7 start=0x40000000 end=0x40001000 vm_flags=0x77 map_count=6 nr=9$3
	vma_link mm=7 start=0x50000000 end=0x50001000 vm_flags=0x7b map_count=7 nr=9
	EOF
}

# The code that made VMAs must be shown even if its file is missing. Code that may
# not be the caller must be marked.
code_of_makers_is_marked() {
	records_callers ,stack=0x500444 ' stack=0x500444,0x400222' ' stack=0x500444' &&
		mmapdemo report --by maker callers.dat >callers.txt &&
		mmapdemo report --json callers.dat >callers.json || return
	equal "1 1 mmap r--p /gone/prog+0x111
1 1 mmap r-xp via /gone/prog+0x222
1 1 mmap rw-p
1 1 mmap rw-p /gone/prog+0x111
1 1 mmap rwxp in $work/callers.dat+0x444
2 0 made before the recording
in: the code that made the system call; its caller is unknown
no function names for /gone/prog: the file was not found (build ID 00112233)
no function names for $work/callers.dat: the file on this machine is not the recorded build (build ID 44556677)
the caller of 2 VMAs is unknown; to find it, build the program and its libraries with -fno-omit-frame-pointer
via: the nearest function with a frame; it can be a caller of the caller
while the process runs, mmapdemo why --all PID shows the VMAs that were made before the recording" \
		"$(sed -E 's/^ +//; s/ +/ /g; /^VMAS|^limit|^the rows/d' callers.txt |
			sort)" text &&
		equal "[('', ''), ('/gone/prog+0x111', 'caller'), ('/gone/prog+0x111', 'caller'), ('/gone/prog+0x222', 'via'), ('$work/callers.dat+0x444', 'in')]" \
			"$(member callers.json 'sorted((m["caller"], m["at"])
			for m in r["makers"] if m["made"])')" JSON || return
	records_callers && mmapdemo report --by maker callers.dat >callers.txt &&
		has '^the caller of 3 VMAs is unknown; if the program was built with -fno-omit-frame-pointer, mmapdemo record --stack records the caller$' \
			callers.txt && ! grep -E '^(in|via): ' callers.txt
}

# Write some.dat, in which code made a VMA. The address of the code is in the
# header of a file, where the file has no symbol.
records_code_without_symbol() {
	"$programs/recordings" events >some.dat <<-EOF
	.about "tasks":[{"tid":1000,"hidden":false,"maps":[{"start":4194304,"end":4202496,"ino":11,"dev":1,"name":"/some/file"}]}]
	.about "files":[{"path":"$programs/recordings","dev":1,"ino":11,"build_id":"$1"}]
	vma_link tid=1000 mm=7 start=0x10000000 end=0x10001000 vm_flags=0x71 map_count=2 nr=9 caller=0x400020
	EOF
	mmapdemo report --by maker some.dat
}

# A file may have symbols only for other functions. A recording may lack the
# build ID of a file.
names_that_are_missing_are_explained() {
	local id

	id=$(python3 -c 'import sys
data = open(sys.argv[1], "rb").read()
at = data.index(b"\3\0\0\0GNU\0") + 8
print(data[at:at + 20].hex())' "$programs/recordings") || return
	records_code_without_symbol "$id" >some.txt &&
		records_code_without_symbol "" >none.txt || return
	has "^no names for some functions of $programs/recordings: no symbol was found; install debugging information$" some.txt &&
		has "^no function names for $programs/recordings: the recording has no build ID of the file$" none.txt
}

# If there are many VMAs, both report and lint must name the calls that made them.
many_vmas_have_makers() {
	local finding='"finding":"map-count","count":2000,.*"makers":\[\{"caller":"","at":"","vmas":2000,"made":2000,"call":"mmap","split":0,"flags":"rw-p"\}\],'

	recorded vmas 999 && mmapdemo report vmas.dat >few.txt &&
		recorded vmas 1000 && mmapdemo report vmas.dat >many.txt || return
	! grep ' MADE ' few.txt && has '^ +1000 +1000  mmap rw-p$' many.txt &&
		! grep remainders many.txt &&
		has '^the caller of 1000 VMAs is unknown; if ' many.txt ||
		return
	MAX_MAP_COUNT=1200 recorded vmas 1200 && mmapdemo report vmas.dat >full.txt &&
		has '^1200 VMAs .* \(limit 1200, vm\.max_map_count: reached\);' \
			full.txt && has ' \(limit 65530, vm\.max_map_count\);' many.txt ||
		return
	MAX_MAP_COUNT=3000 recorded vmas 2000 && mmapdemo lint -i vmas.dat >lint.txt &&
		mmapdemo lint --json -i vmas.dat >lint.json || return
	has '^ {20}2000 by mmap rw-p$' lint.txt && has "$finding" lint.json &&
		has ' if the program was built with -fno-omit-frame-pointer, ' \
			lint.txt &&
		! grep 'PID' lint.txt lint.json
}

# VMAs from before the recording must be counted, with and without events.
vmas_before_the_recording_count() {
	local row="'vmas', 'made', 'call', 'split', 'flags'" what

	recorded before 3020 && mmapdemo report --by maker before.dat >few.txt ||
		return
	for what in 0 9; do
		recorded before 3020 $what &&
			mmapdemo report before.dat >before.txt &&
			mmapdemo report --by maker before.dat >makers.txt &&
			mmapdemo report --json before.dat >before.json || return
		has '^3020 VMAs in the largest address space, ' before.txt &&
			has '^ +3020 +0  made before the recording$' before.txt &&
			has '^ +3020 +0  made before the recording$' makers.txt &&
			equal "(3020, (3020, 0, 'before', 0, ''))" "$(member \
				before.json "(r['vmas_most'], tuple(r['makers'][0][m]
				for m in ($row)))")" "JSON after $what" || return
	done
	has ' no address space had more than 3020 VMAs$' makers.txt &&
		! grep ' more than ' few.txt &&
		has '^ +1 +9  munmap \(split\)$' makers.txt &&
		has '^ +1 +10  mmap rw-p$' makers.txt || return
	MAX_MAP_COUNT=3000 recorded before 2000 && mmapdemo lint -i before.dat >lint.txt &&
		mmapdemo lint --json -i before.dat >lint.json &&
		mmapdemo report before.dat >before.txt || return
	has '^map-count +2000 of 3000 VMAs' lint.txt &&
		has '^ {20}2000 made before the recording$' lint.txt &&
		has '"count":2000,.*"call":"before"' lint.json &&
		has ' use mmapdemo record -- COMMAND$' lint.txt &&
		! grep -e '--stack' before.txt
}

check 'makers of VMAs are counted' makers_of_vmas_are_counted
check 'a report says "limit not reached" only with proof' \
	the_limit_is_not_denied
check 'code of makers is marked' code_of_makers_is_marked
check 'names that are missing are explained' names_that_are_missing_are_explained
check 'the makers of many VMAs are named' many_vmas_have_makers
check 'VMAs from before the recording are counted' vmas_before_the_recording_count
finish
