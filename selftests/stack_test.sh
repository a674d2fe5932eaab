#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Call stacks of mmapdemo record --stack, and the symbols of code in mmapdemo
# report.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_tool trace-cmd trace-cmd
need_tool python3 python3
need_tool readelf binutils
need_program
tests=$(cd "$(dirname "$0")" && pwd)
program=$(cd "$programs" && pwd)/caller
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit

PAGES=61

# code TABLE SYMBOL MARK: check that TABLE has the faults of SYMBOL at the line
# of caller.c with the comment MARK.
code() {
	python3 "$tests/exports.py" code report.json $1 $2 $PAGES caller.c \
		"$(grep -n "/\* $3 \*/" "$tests/caller.c" | cut -d : -f 1)"
}

# Record a copy of the program, because the tests later remove the copy.
records() {
	mkdir -p bin
	cp "$program" bin/caller
	mmapdemo record --stack -o stack.dat -- bin/caller $PAGES </dev/null \
		>/dev/null &&
		mmapdemo record -o plain.dat -- bin/caller $PAGES </dev/null \
			>/dev/null &&
		! compgen -G "$tracing/instances/mmapdemo-*"
}

names_what_touched() {
	local file

	for file in plain.dat stack.dat; do
		mmapdemo report --json $file >report.json &&
			code instructions touch 'touched here' || return
	done
	mmapdemo report --by ip stack.dat >ip.txt &&
		grep -qE ' caller\+0x[0-9a-f]+  touch\+0x[0-9a-f]+  caller.c:[0-9]+$' \
			ip.txt || ! cat ip.txt
}

names_who_called() {
	mmapdemo report --json stack.dat >report.json &&
		code callers middle 'called here' || return
	mmapdemo report --by caller stack.dat >caller.txt &&
		grep -qE ' caller\+0x[0-9a-f]+  middle\+0x[0-9a-f]+  caller.c:[0-9]+$' \
			caller.txt || ! cat caller.txt
}

# The change of the first page and that of the last page make one VMA each. All
# other changes make two VMAs each. The report must name the function that
# called mprotect(), with and without frame pointers, and with and without call
# stacks.
names_what_made_vmas() {
	local how line

	for how in split bare; do
		line=$(grep -n "/\* $how here \*/" "$tests/caller.c" |
			cut -d : -f 1)
		makes_vmas $how --stack && makes_vmas $how || return
	done
}

makes_vmas() {
	local how=$1

	mmapdemo record -q ${2-} -o $how.dat -- bin/caller $PAGES $how \
		</dev/null >/dev/null &&
		mmapdemo report --json $how.dat >report.json &&
		python3 "$tests/exports.py" maker report.json $how mprotect \
			r-- $((PAGES - 1)) caller.c $line || return
	mmapdemo report --by maker $how.dat >maker.txt &&
		sed -n 2p maker.txt | grep -q '  CALL  *CALLED FROM$' &&
		grep -qE "^ +60 +60  mprotect r-- +caller\+0x[0-9a-f]+  $how\+0x[0-9a-f]+  caller.c:$line\$" \
			maker.txt || ! cat maker.txt
}

# Callers are looked up during the recording, so the program's file is not
# needed later.
needs_no_file_for_callers() {
	local status

	mv bin/caller taken
	mmapdemo report --by maker bare.dat >maker.txt
	status=$?
	mv taken bin/caller
	equal 0 $status status &&
		grep -qE '^ +60 +60  mprotect r-- +caller\+0x[0-9a-f]+$' maker.txt &&
		grep -qE "^no function names for .*/bin/caller: the file was not found \(" \
			maker.txt || ! cat maker.txt
}

# Each fault must be in exactly one row, even if its caller is unknown.
counts_all_faults() {
	equal "$(mmapdemo report --faults stack.dat | wc -l)" \
		"$(mmapdemo report --by caller stack.dat |
			awk 'NR > 1 { sum += $1 } END { print sum }')" faults
}

# The file with the header has no events. The test passes this file only because
# exports.py needs a report.
names_frames() {
	mmapdemo report --faults --json stack.dat >faults.json &&
		head -n 1 faults.json >header.json &&
		python3 "$tests/exports.py" frames header.json faults.json middle
}

folds_functions() {
	mmapdemo report --format folded stack.dat >folded.txt &&
		grep -qE ';main;outer;middle;touch;anonymous;anon [0-9]+$' \
			folded.txt || ! cat folded.txt
}

shows_addresses() {
	mmapdemo report --faults --json stack.dat >faults.json &&
		within $PAGES 999999 "$(grep -cE \
			'"event":"pte_fault",.*"stack":\[([0-9]+,){3}[0-9]+' \
			faults.json)" 'faults with four frames' &&
		equal 0 "$(mmapdemo report --faults --json plain.dat |
			grep -c '"stack":')" 'stacks without --stack'
}

needs_stacks() {
	mmapdemo report --by caller plain.dat 2>errors.txt
	equal 1 $? status && equal 'mmapdemo: report: plain.dat: no call stacks were recorded: record with --stack' \
		"$(<errors.txt)" error
}

trace_cmd_shows_stacks() {
	trace-cmd report stack.dat >report.txt 2>errors.txt &&
		equal '' "$(<errors.txt)" 'complaints of trace-cmd' &&
		within $PAGES 999999 "$(grep -c ' user_stack: ' report.txt)" \
			stacks
}

# The process must still exist after the recording has begun, because the
# recorder then reads the maps of the process. The process ends only on request.
names_a_running_process() {
	local pid recorder said

	mkfifo go shown
	bin/caller $PAGES <go >shown &
	pid=$!
	exec 3>go 4<shown
	until [[ $(readlink /proc/$pid/exe) == */bin/caller ]]; do
		:
	done
	mmapdemo record -p $pid -o pid.dat 3>&- 4<&- &
	recorder=$!
	until grep -qsx $pid \
		$tracing/instances/mmapdemo-$recorder/set_event_pid &&
		grep -qsx 1 $tracing/instances/mmapdemo-$recorder/tracing_on
	do
		kill -0 $recorder || return
	done
	echo >&3
	read -r said <&4
	equal touched "$said" 'said' || return
	kill -TERM $recorder
	wait $recorder
	equal 0 $? status || return
	exec 3>&- 4<&-
	wait $pid
	mmapdemo report --json pid.dat >report.json &&
		code instructions touch 'touched here'
}

# Another program at the same path has other symbols. These other symbols must not
# be shown.
shows_the_build_id() {
	local id what

	id=$(readelf -n bin/caller | sed -n 's/ *Build ID: //p')
	mv bin/caller taken
	for what in nothing another; do
		[[ $what == nothing ]] || cp "$(command -v mmapdemo)" bin/caller
		mmapdemo report --by ip stack.dat >ip.txt &&
			grep -qE " caller\+0x[0-9a-f]+  build id $id\$" \
				ip.txt || ! cat ip.txt || return
		! grep -F 'touch+' ip.txt || return
	done
	mv taken bin/caller
}

echo "TAP version 13"
check 'call stacks are recorded' records
check 'instructions have a function and a line' names_what_touched
check 'callers have a function and a line' names_who_called
check 'callers of all faults are counted' counts_all_faults
check 'code that made VMAs has a function and a line' names_what_made_vmas
check 'callers are known without the file' needs_no_file_for_callers
check 'code in the JSON of a stack has a function' names_frames
check 'folded stacks have functions' folds_functions
check 'JSON has the addresses' shows_addresses
check 'without stacks there are no callers' needs_stacks
check 'trace-cmd shows the stacks' trace_cmd_shows_stacks
check 'code of a running process has names' names_a_running_process
check 'a missing file is shown by its build ID' shows_the_build_id
finish
