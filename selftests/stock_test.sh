#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the program tells without the module, with what the kernel itself has:
# its figures are those of the kernel, and it says what is missing.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

take_module
need_program
programs=$(realpath "$programs")
work=$(mktemp -d)
trap 'rm -rf "$work"; give_back' EXIT
cd "$work" || exit
export LC_ALL=C

# ---- helpers ----

# begins WORD COMMAND [OPTION]...: in the background, till it has written the word
# to the file told; it is $observer.
begins() {
	: >told
	set -m
	mmapdemo "${@:2}" -o told 2>errors &
	set +m
	observer=$!
	until grep -q -- "$1" told; do
		kill -0 $observer || ! cat errors || return
	done
}

ends() {
	local status=0

	kill -INT $observer
	wait $observer || status=$?
	equal 0 $status status
}

# json FILE: each line is an object.
json() {
	python3 -c 'import json, sys
for line in open(sys.argv[1]):
	json.loads(line)' "$1"
}

# of NAME: its number in the last line of what was told.
of() {
	sed -n "\$s/.*\"$1\":\([0-9]*\).*/\1/p" told
}

# ---- count ----

counts_a_process() {
	local before after

	act walker 300 && asleep $actor || return
	before=$(faults_of $actor)
	begins interval count --json -I 0.1 -p $actor && turn && heard over &&
		asleep $actor || return
	after=$(faults_of $actor)
	ends && leave && json told || return
	within 300 9999 "$(of faults)" faults &&
		equal $((after - before)) "$(of faults)" 'faults of all' &&
		equal "$(of faults)" $(($(of minor) + $(of major))) 'both' &&
		grep -q '"source":"perf","unobserved":"the module is not loaded"' \
			told || ! cat told
}

# It ended long before it is told: nothing but the counter knows.
counts_children() {
	mmapdemo count --json -o told -- \
		bash -c '"$0" walker 700 </dev/null >/dev/null; exit 3' \
		"$programs/actor"
	equal 3 $? status && within 700 9999 "$(of faults)" faults ||
		! cat told
}

counts_everybody() {
	begins interval count --json -I 0.1 --all && act walker 300 && turn &&
		heard over && leave && ends || return
	within 300 99999 "$(of faults)" faults || ! cat told
}

counts_in_words() {
	mmapdemo count -o told true || return
	sed -n 2p told | grep -qx 'without classes and times: the module is not loaded' &&
		equal 'minor major all' "$(sed 1,2d told | awk '{ print $2 }' |
			xargs)" rows &&
		sed 1,2d told | awk '{ n[$2] = $1 } END {
			exit !(n["minor"] > 0 && n["minor"] + n["major"] == n["all"])
		}' || ! cat told
}

# ---- what can't be done ----

says_what_is_missing() {
	local command

	for command in record lint; do
		refused 1 "$command: the module is not loaded; run: sudo modprobe" \
			$command true || return
	done
}

echo "TAP version 13"
check 'count counts what the kernel counts' counts_a_process
check 'count counts children' counts_children
check 'count counts everybody' counts_everybody
check 'count tells it in words' counts_in_words
check 'what needs the module says so' says_what_is_missing
finish
