#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo why must give the correct reasons for neighbouring VMAs that were not
# merged. The test has a pair of VMAs for each reason. The reasons come from
# /proc, or from a recording of how the VMAs were made.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

# Start the program neighbours. Set $pid. Write the pairs of VMAs to the file
# "pairs".
neighbours_are_made() {
	local line recorder

	coproc ACTOR { exec "$programs/neighbours"; }
	read -r line <&"${ACTOR[0]}" && pid=${line#ready } || return
	# Without job control, the background processes of a script ignore SIGINT.
	env --default-signal=INT \
		mmapdemo record -p "$pid" -o "$work/made.dat" &
	recorder=$!
	until grep -qsx "$pid" \
		"$tracing/instances/mmapdemo-$recorder/set_event_pid" &&
		grep -qsx 1 "$tracing/instances/mmapdemo-$recorder/tracing_on"
	do
		kill -0 "$recorder" || return
	done
	turn
	heard over || return
	kill -INT "$recorder"
	wait "$recorder" || return
	printf '%s\n' "${words[@]}" >"$work/pairs"
	within 12 99 ${#words[@]} 'pairs'
}

# of_pair FILE ADDRESS: print the line of FILE about the pair of VMAs whose
# border is at ADDRESS.
of_pair() {
	grep "\"address\":$2," "$1" || {
		echo "nothing of $2 in $1"
		return 1
	}
}

# has PATTERN TEXT WHAT: check that TEXT matches PATTERN. If TEXT does not match,
# print WHAT
has() {
	grep -qE -- "$1" <<<"$2" || {
		echo "$3: no $1 in: $2"
		return 1
	}
}

shows_what_proc_shows() {
	local name address seen unseen _ line

	mmapdemo why --all --json $pid >"$work/proc.json" || return
	while read -r name address seen unseen _; do
		line=$(of_pair "$work/proc.json" $address) || return
		if [[ $seen == - ]]; then
			has '"reasons":\[\]' "$line" $name &&
				has '"reason":"unknown"' "$line" $name
		else
			has "\"reasons\":\\[\"$seen\"" "$line" $name &&
				has "\"reason\":\"$seen\"" "$line" $name
		fi || return
		[[ $unseen == - ]] ||
			has "\"unseen\":\\[[^]]*\"$unseen\"" "$line" $name ||
			return
		# Only VMAs that are both registered with userfaultfd can belong
		# to different userfaultfds.
		[[ $unseen == uffd ]] ||
			! has '"unseen":\[[^]]*"uffd"' "$line" $name >/dev/null ||
			! echo "$name: uffd in $line" || return
	done <"$work/pairs"
}

shows_what_was_recorded() {
	local name address tried line

	mmapdemo why --all --json -i "$work/made.dat" $pid \
		>"$work/made.json" || return
	while read -r name address _ _ tried; do
		line=$(of_pair "$work/made.json" $address) || return
		has "\"recorded\":\\{\"reason\":\"$tried\"" "$line" $name ||
			return
		[[ $tried == inside ]] ||
			has "\"reason\":\"$tried\",\"reasons\"" "$line" $name ||
			return
	done <"$work/pairs"
	line=$(of_pair "$work/made.json" "$(address cut-by-mprotect)")
	has '"call":"mprotect".*"flags_diff_names":\["write"\]' "$line" call
}

# address NAME: print the address of the border of the pair NAME.
address() {
	awk -v name="$1" '$1 == name { print $2 }' "$work/pairs"
}

hex() {
	printf '%x' "$1"
}

# Count the pairs in /proc/PID/maps. In a pair, one VMA ends where the next VMA
# starts.
finds_all_that_touch() {
	local wanted

	wanted=$(awk -F'[- ]' '$1 == last { n++ } { last = $2 } END { print n }' \
		/proc/$pid/maps)
	equal "$wanted" "$(grep -c '"address":' "$work/proc.json")" pairs &&
		has "\"event\":\"summary\",.*\"borders\":$wanted," \
			"$(tail -n 1 "$work/proc.json")" summary
}

reports_in_words() {
	local at

	at=$(hex "$(address cut-by-mprotect)")
	mmapdemo why $pid $at >"$work/words" &&
		grep -q "^$at  anonymous memory rw-p | anonymous memory r--p$" \
			"$work/words" &&
		grep -qx ' *the flags differ: write' "$work/words" &&
		mmapdemo why -i "$work/made.dat" $pid $at >"$work/words" &&
		grep -qE '^ *recorded: mprotect of .* a part of the VMA changed: write$' \
			"$work/words" &&
		at=$(hex "$(address opened-twice)") &&
		mmapdemo why $pid $at >"$work/words" &&
		grep -q '/proc shows no difference' "$work/words" &&
		grep -q '/proc does not show: whether both VMAs map the same open file' \
			"$work/words" &&
		mmapdemo why -i "$work/made.dat" $pid $at >"$work/words" &&
		grep -qE '^ *recorded: mmap of .*: not the same open file$' \
			"$work/words" || ! cat "$work/words"
}

shows_all_by_reason() {
	mmapdemo why --all -v -i "$work/made.dat" $pid >"$work/words" || return
	grep -qE '^ *[0-9]+  flags  the flags differ$' "$work/words" &&
		equal "$(sed -nE 's/^ *([0-9]+)  flags  .*/\1/p' "$work/words")" \
			"$(awk '/^     *[0-9]+  / { n += $1 } END { print n }' \
				"$work/words")" 'pairs by the flags that differ' &&
		grep -qE '^ *[0-9]+  close  ' "$work/words" &&
		grep -q "^  $(hex "$(address close)")  " "$work/words" ||
		! cat "$work/words"
}

# between A B: print how many pairs why reports between the addresses A and B.
between() {
	mmapdemo why --json $pid "$(hex "$1")" "$(hex "$2")" |
		grep -c '"address":'
}

shows_those_between() {
	local at first last

	at=$(address two-files)
	equal 1 "$(between $((at - 1)) "$at")" 'pairs between the two' &&
		equal 1 "$(between "$at" $((at - 1)))" 'the other way round' &&
		read -r first last < <(ends) &&
		equal "$(grep -c '"address":' "$work/proc.json")" \
			"$(mmapdemo why --json $pid $first $last |
				grep -c '"address":')" 'between the ends'
}

# ends: print the start of the first VMA and the end of the last VMA.
ends() {
	awk -F'[- ]' '/vsyscall/ { next } NR == 1 { first = $1 }
		{ last = $1 } END { print first, last }' /proc/$pid/maps
}

refuses_what_is_wrong() {
	local at

	at=$(address two-files)
	: >"$work/empty"
	refused 2 'why: a PID is required' why &&
		refused 2 'why: a PID is required' why $pid &&
		refused 2 'why: a PID is required' why --all $pid 1000 &&
		refused 2 'why: x: not a process' why x 1000 &&
		refused 2 'why: x: must be an address' why $pid x &&
		refused 1 'why: 1000: nothing is mapped' why $pid 1000 &&
		refused 1 "why: $(hex "$at") and .* are in the same VMA" why $pid \
			"$(hex "$at")" "$(hex $((at + 5)))" &&
		refused 1 'why: process 4194305: ' why --all 4194305 &&
		refused 1 "why: .*empty: " why --all -i "$work/empty" $pid &&
		refused 1 'why: .*: the recording does not contain process 1$' why --all \
			-i "$work/made.dat" 1
}

echo "TAP version 13"
check 'neighbours of all kinds are made' neighbours_are_made
check 'why prints what /proc shows, and names what it does not show' shows_what_proc_shows
check 'why prints recorded reasons' shows_what_was_recorded
check 'why finds all adjacent VMAs' finds_all_that_touch
check 'why prints text' reports_in_words
check 'why groups all pairs by reason' shows_all_by_reason
check 'why prints the pairs between two addresses' shows_those_between
check 'why refuses wrong arguments' refuses_what_is_wrong
turn
finish
