#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh KERNEL...
#
# Looks at the sources and documents, at the page of report --html, the completion
# for zsh, what make install installs and what of the harness needs no guest, and
# runs the tests, or those named in $TESTS, on each kernel, two kernels at a time;
# says what failed and what was skipped, and how each kernel did, also in
# build/check.table. The last line is "N passed, N failed, N skipped"; the status is
# 0 if some passed, none failed. With RETRY=1 what fails but passes when run once
# more is told, as unsteady, and counts as passed.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

# A virtual machine takes one processor where it is emulated, and 2 GiB.
at_once=2

run_kernels() {
	if (($# == 1)); then
		"$vm/suite.sh" "$1"
	else
		printf '%s\n' "$@" |
			xargs -P "$at_once" -I '{}' "$vm/suite.sh" --brief '{}'
	fi
}

# What needs no kernel, or of them only the names: lint of all, html of the first.
host_tests=(lint documents html zsh harness install)

run_here() {
	local test

	for test in "${host_tests[@]}"; do
		! wanted "$test" || host_test "$test" "$vm/$test.sh" "$@"
	done
}

# Are tests wanted that need none?
here_wanted() {
	local test

	for test in "${host_tests[@]}"; do
		! wanted "$test" || return 0
	done
	return 1
}

# Are tests wanted that need one?
kernels_wanted() {
	local test

	for test in ${TESTS:-all}; do
		[[ " ${host_tests[*]} " == *" $test "* ]] || return 0
	done
	return 1
}

# Did what failed pass when it was run once more?
unsteady() {
	local again=$top/build/$1/again.log p f s

	[[ -f $again ]] || return 1
	read -r p f s < <(awk -f "$top/selftests/summary.awk" "$again" | tail -n 1)
	((p && !f))
}

# count NAME: adds the results in its log to the totals.
count() {
	local name=$1 log=$top/build/$1/check.log status p f s lines

	status=$(cat "${log%.log}.status" 2>/dev/null) || status='none'
	mapfile -t lines < <(awk -f "$top/selftests/summary.awk" "$log")
	read -r p f s <<<"${lines[-1]}"
	unset 'lines[-1]'
	if [[ $status != 0 ]]; then
		lines+=("FAILED  the run as a whole, with status $status")
		f=$((f + 1))
	elif ((!p && !f && !s)); then
		lines+=("FAILED  no test ran")
		f=$((f + 1))
	elif unsteady "$name"; then
		lines=("${lines[@]/#FAILED /unsteady}")
		p=$((p + f)) f=0
		failing+=("$name")
	fi
	((!${#lines[@]})) || report+=$(printf "$name: %s\n" "${lines[@]}")$'\n'
	table+="$name $p $f $s"$'\n'
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	((!f)) || failing+=("$name")
	# What make readme reads: a line for each kernel, of its last whole run.
	[[ ! ${TESTS:-} && $name != sources ]] || return 0
	sed -i "/^$name\t/d" "$seen"
	printf '%s\t%d\t%d\t%d\t%s\n' "$name" "$p" "$f" "$s" \
		"$(reasons "${lines[@]}")" >>"$seen"
}

# reasons LINE...: why tests were skipped, each reason once.
reasons() {
	printf '%s\n' "$@" | sed -n 's/^skipped .*: //p' | sort -u |
		paste -sd';' | sed 's/;/; /g'
}

# Who did not see it run wants to read what failed.
show_logs() {
	local name

	for name in ${failing[@]+"${failing[@]}"}; do
		printf '\n==== %s ====\n' "$name"
		awk -f "$top/selftests/failed.awk" "$top/build/$name/check.log"
	done
}

(($#)) || die "usage: check.sh KERNEL..."
seen=$top/build/check.table
mkdir -p "${seen%/*}"
: >>"$seen"
passed=0 failed=0 skipped=0 report='' table='' failing=()
if here_wanted; then
	mkdir -p "$top/build/sources"
	run_here "$@" 2>&1 | tee "$top/build/sources/check.log"
	echo 0 >"$top/build/sources/check.status"
	count sources
fi
if kernels_wanted; then
	run_kernels "$@"
	for kernel; do
		count "$kernel"
	done
	(($# == 1)) || show_logs
fi
printf '\n%s' "$report"
printf '%-10s %7s %7s %7s\n' kernel passed failed skipped
# shellcheck disable=SC2086 # four words a line
printf '%-10s %7d %7d %7d\n' $table
echo "$passed passed, $failed failed, $skipped skipped"
((!failed && passed))
