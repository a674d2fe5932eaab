#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# mmapdemo diff prints the differences between the reports of two recordings.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_program
need_tool python3 python3
exports=$(realpath "$(dirname "$0")")/exports.py
programs=$(realpath "$programs")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export LC_ALL=C

FEW=131 MANY=397

records() {
	mmapdemo record -o a.dat -- "$programs/actor" walker $FEW \
		</dev/null >/dev/null &&
		mmapdemo record -o b.dat -- "$programs/actor" walker $MANY \
			</dev/null >/dev/null &&
		mmapdemo record -o c.dat -- cat /etc/passwd >/dev/null
}

# agrees A B: check what mmapdemo diff prints for recordings A and B
agrees() {
	mmapdemo report --json "$1" >a.json &&
		mmapdemo report --json "$2" >b.json &&
		mmapdemo diff --json "$1" "$2" >diff.json &&
		python3 "$exports" diff a.json b.json diff.json
}

differs_as_the_reports() {
	agrees a.dat b.dat && agrees b.dat a.dat && agrees a.dat c.dat &&
		agrees a.dat a.dat
}

# faults FILE [CLASS]: print the number of faults in a report
faults() {
	mmapdemo report --by class "$1" |
		awk -v class="${2:-all}" '$NF == class { print $1 }'
}

# The second walker touches MANY - FEW more pages than the first. The difference
# may be wrong by a few faults, because the stack may be at another address.
reports_in_words() {
	local more anon

	more=$(($(faults b.dat) - $(faults a.dat)))
	anon=$(($(faults b.dat anon) - $(faults a.dat anon)))
	within $((MANY - FEW - 9)) $((MANY - FEW + 9)) $anon 'faults more' &&
		mmapdemo diff a.dat b.dat >words.txt || return
	grep -qE "^B has $more more faults; the faults took " words.txt &&
		grep -qE "^ +[0-9]+ +[0-9]+ +\+$anon .* anon$" words.txt &&
		grep -qE '^ +\+1(\.[01])? MiB  .* -> .* of pages mapped' words.txt &&
		grep -q '^the commands differ; ' words.txt ||
		! cat words.txt || return
	mmapdemo diff b.dat a.dat >words.txt || return
	grep -qE "^B has $more fewer faults; the faults took " words.txt &&
		grep -qE "^ +[0-9]+ +[0-9]+ +-$anon .* anon$" words.txt ||
		! cat words.txt
}

knows_what_is_alike() {
	mmapdemo diff a.dat a.dat >words.txt || return
	grep -q '^B has the same number of faults; the faults took the same time$' words.txt &&
		! sed '1,/^B has/d' words.txt | grep -E '[-+][0-9]' &&
		! grep -q '^the commands differ' words.txt ||
		! cat words.txt
}

refuses_other_files() {
	: >empty
	head -c 9999 a.dat >cut.dat
	refused 1 'diff: empty: ' diff empty a.dat &&
		refused 1 'diff: empty: ' diff a.dat empty &&
		refused 1 'diff: cut.dat: ' diff a.dat cut.dat &&
		refused 1 'diff: missing: ' diff missing a.dat &&
		refused 2 'diff: two recordings' diff a.dat &&
		refused 2 'diff: two recordings' diff a.dat a.dat a.dat &&
		refused 2 'diff: unrecognized option' diff --no-such-option a.dat a.dat
}

reports_a_full_disk() {
	local option status

	for option in --json --color=never; do
		status=0
		mmapdemo diff $option a.dat b.dat >/dev/full 2>errors.txt ||
			status=$?
		equal 1 $status status &&
			grep -q 'diff: standard output: No space' errors.txt ||
			return
	done
}

echo "TAP version 13"
check 'recordings are made' records
check 'diff prints the differences of the reports' differs_as_the_reports
check 'diff prints text' reports_in_words
check 'diff of equal recordings shows no difference' knows_what_is_alike
check 'diff refuses other files' refuses_other_files
check 'diff reports a full disk' reports_a_full_disk
finish
