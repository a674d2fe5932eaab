#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo top. The counts for each process and for each VMA must be those of
# the kernel. On a terminal, the program must draw the counts, and must restore
# the terminal at the end.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
programs=$(realpath "$programs")
terminal=$(realpath "$(dirname "$0")/terminal.py")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export LC_ALL=C

# ---- helpers ----

# top_begins OPTION...: start top with JSON output to top.json. Set $top. Return
# when top counts.
top_begins() {
	set -m
	mmapdemo top --json -I 0.2 "$@" >top.json 2>errors &
	set +m
	top=$!
	until grep -qs '"event":"interval"' top.json; do
		kill -0 $top || ! cat errors || return
	done
}

# top_ends: stop $top, and check that its output is JSON.
top_ends() {
	local status=0

	kill -INT $top
	wait $top || status=$?
	equal 0 $status status &&
		python3 -c 'import json, sys
for line in open("top.json"):
	json.loads(line)'
}

# sum PATTERN NAME: print the sum of the numbers NAME in all lines that match
# PATTERN.
sum() {
	grep -E "$1" top.json | sed -nE "s/.*\"$2\":([0-9]+).*/\1/p" |
		awk '{ sum += $1 } END { print sum + 0 }'
}

# stop_actor: kill the actor, which does not end by itself.
stop_actor() {
	kill $actor
	wait $actor 2>/dev/null
	:
}

# ---- figures ----

# The process starts while top already counts other processes. The faults of
# this process, and the faults of all processes, must add up.
counts_what_the_kernel_counts() {
	local expected

	top_begins && act walker 300 && turn && heard over && asleep $actor ||
		return
	expected=$(faults_of $actor)
	top_ends && leave || return
	within 300 9999 "$expected" faults &&
		equal "$expected" "$(sum "\"pid\":$actor," faults)" \
			"faults of $actor" &&
		equal 0 "$(sum '"interval"' lost)" lost &&
		equal "$(sum '"pid"' faults)" "$(sum '"interval"' faults)" \
			'faults of all' &&
		within 300 9999 "$(sum "\"pid\":$actor,\"comm\":\"actor\"" \
			anon)" 'anonymous pages'
}

# Each process ends before top can read its files in /proc.
knows_which_are_gone() {
	local i

	top_begins || return
	for ((i = 0; i < 3; i++)); do
		"$programs/actor" no-such-role 2>/dev/null
	done
	top_ends || return
	within 3 99 "$(grep -c '"comm":"actor","faults"' top.json)" \
		'intervals with short lives' || ! cat top.json
}

counts_by_vma() {
	local at

	act walker 31 && top_begins -p $actor && turn && heard over || return
	at=$(printf %d "${words[-1]}")
	top_ends && leave || return
	equal 31 "$(sum "\"start\":$at," faults)" 'faults of the VMA' &&
		equal 31 "$(sum "\"start\":$at,.*\"anon\":31" anon)" classes &&
		equal 31 "$(grep "\"start\":$at," top.json | sed -n \
			'$s/.*"since":\([0-9]*\).*/\1/p')" 'faults since' ||
		! cat top.json
}

# The process unmaps the memory that it has touched.
shows_what_is_of_no_vma() {
	act runner && top_begins -p $actor && turn || return
	until grep -q '"vma":"no more","faults":[0-9]' top.json; do
		kill -0 $top || return
	done
	top_ends && stop_actor
}

# A thread of the process sleeps in a fault until the test supplies the page.
shows_what_a_process_waits_for() {
	local slept

	top_begins && act sleeper && sleep 0.3 && turn && heard awake || return
	mmapdemo top -b -n 1 -I 0.1 >text || return
	top_ends && leave || return
	slept=$(sum "\"pid\":$actor," sleep)
	within 250000000 9999999999 "$slept" 'time asleep' &&
		equal "$slept" "$(sum "\"pid\":$actor,.*\"uffd\":1" sleep)" \
			'time asleep of the interval with the fault' &&
		grep -q '"parts_not_known":\[.*"parts_lost":0' top.json &&
		grep -q ' MEAN  WAITING  *CLASSES$' text || ! cat top.json text
}

shows_what_is_lost() {
	act runner && top_begins --buffer 4K && kill -STOP $top && turn || return
	until (($(faults_of $actor) > 5000)); do
		:
	done
	kill -CONT $top
	until grep -q '"lost":[1-9]' top.json; do
		kill -0 $top || return
	done
	top_ends && stop_actor
}

ends_after_so_many() {
	act walker && turn && heard over &&
		mmapdemo top -b -n 2 -I 0.1 >text &&
		equal 2 "$(grep -c '^mmapdemo top: [0-9]* faults/s in ' text)" \
			intervals &&
		equal 2 "$(grep -cE '^ +PID COMMAND +FAULTS/s ' text)" heads &&
		mmapdemo top -b -n 1 -I 0.1 -p $actor >text &&
		grep -qx "process $actor actor: 0 faults/s; [0-9]* VMAs" text ||
		! cat text || return
	set -m
	mmapdemo top -b -I 0.1 -p $actor >text &
	set +m
	top=$!
	until grep -qs "^process $actor " text; do
		kill -0 $top || return
	done
	leave && wait $top
}

# ---- the terminal ----

# on_terminal ROWS COLUMNS OPTION...: run top in terminal.py. The script for
# terminal.py is read from stdin.
on_terminal() {
	TERM=xterm python3 "$terminal" $1 $2 mmapdemo top -I 0.2 "${@:3}"
}

draws() {
	local status=0

	act runner && turn || return
	on_terminal 24 80 <<-END || status=$?
		shows 1 ^mmapdemo top: [1-9][0-9]* faults/s in [1-9]
		shows 2 ^anon [0-9]+%
		shows 3 ^ +PID COMMAND +FAULTS/s MAJOR/s +TIME% +MEAN  CLASSES
		shows 4 ^ +$actor actor +[0-9]{2,} +[0-9.]+ +[0-9.]+% +[0-9.]+ [unm]s  anon [0-9]+%
		shows 24 ^Enter VMAs .* f faults .* q quit\$
		types \\n
		shows 1 ^process $actor actor: [1-9][0-9]* faults/s; [0-9]+ VMAs
		shows 3 ^ADDRESS +PERM +SIZE +FAULTS/s +TOTAL +MEAN CLASS +NAME
		shows ^in former VMAs +[1-9]
		shows 24 ^Esc back .* q quit\$
		types a
		shows 4 ^[0-9a-f]{12} r--p .* actor\$
		types \\x1bOB
		shows 4 ^[0-9a-f]{12} r-xp .* actor\$
		types \\x1b
		shows 24 ^Enter
		resizes 30 100
		shows 30 ^Enter
		shows 4 ^ +$actor actor .* anon [0-9]+%
		types q
		ends 0
	END
	stop_actor
	return $status
}

# No line may be too wide, and there may be no more lines than rows. The Space
# key pauses the display: the numbers stay the same for several intervals.
fits_and_holds() {
	local status=0

	act runner && turn || return
	on_terminal 6 72 -p $actor <<-END || status=$?
		shows 6 ^Esc back
		shows 4 ^in former VMAs +[1-9]
		types \\x20
		shows 6 Space resume
		keeps mmapdemo top -b -n 4 -I 0.2 -p $actor >/dev/null
		types \\x1bOF
		hides ^in former
		shows 5 ^[0-9a-f]{12,} ..[x-]p
		types \\x03
		ends 0
	END
	stop_actor
	return $status
}

needs_a_terminal() {
	! mmapdemo top </dev/null 2>errors &&
		grep -q 'top: standard input or standard output is not a terminal' errors &&
		TERM=dumb python3 "$terminal" 24 80 mmapdemo top <<-END
			shows cannot draw on a terminal with TERM=dumb;
			ends 1
		END
}

# ---- without ----

# User nobody, who is not allowed to open events, runs top.
does_without_root() {
	local expected nobody

	install -m 755 "$(command -v mmapdemo)" .
	chmod 755 .
	nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	set -m
	"${nobody[@]}" ./mmapdemo top --json -I 0.2 >top.json 2>errors &
	set +m
	top=$!
	until grep -qs '"unobserved":"root is required"' top.json; do
		kill -0 $top || ! cat errors || return
	done
	act walker 300 && turn && heard over && asleep $actor || return
	expected=$(faults_of $actor)
	until (($(sum "\"pid\":$actor," faults) >= expected)); do
		kill -0 $top || return
	done
	top_ends && leave || return
	equal "$expected" "$(sum "\"pid\":$actor," faults)" "faults of $actor" &&
		! grep -q '"classes"' top.json &&
		"${nobody[@]}" ./mmapdemo top -b -n 1 -I 0.1 >text &&
		grep -q '^classes, durations, and the faults of each VMA are not shown: root is ' \
			text || ! cat text
}

refuses_what_is_wrong() {
	misused top x && misused top -I 0 && misused top -n 0 &&
		misused top -s size && misused top -p x &&
		misused top --buffer 1 && misused top --no-such-option &&
		! mmapdemo top -b -p 4194305 2>errors &&
		grep -q 'process 4194305: No such process' errors
}

nothing_stays() {
	! compgen -G "$tracing/instances/mmapdemo-*" && nothing_attached
}

echo "TAP version 13"
check 'top counts what the kernel counts' counts_what_the_kernel_counts
check 'top counts processes that have ended' knows_which_are_gone
check 'top counts by VMA' counts_by_vma
check 'top shows faults of former VMAs' shows_what_is_of_no_vma
check 'top shows what a process waits for' shows_what_a_process_waits_for
check 'top reports losses' shows_what_is_lost
check 'top ends after N intervals, or with the process' ends_after_so_many
if command -v python3 >/dev/null; then
	check 'top draws, and its keys work' draws
	check 'top fits the terminal, and Space pauses it' fits_and_holds
	check 'top needs a terminal' needs_a_terminal
else
	skip 'top draws, and its keys work' 'needs python3'
fi
check 'top works without root' does_without_root
check 'top refuses wrong arguments' refuses_what_is_wrong
check 'nothing is left over' nothing_stays
finish
