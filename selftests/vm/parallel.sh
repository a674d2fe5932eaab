# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=dash disable=SC2034,SC2154
#
# The function run_parallel is an addition to kselftest's runner.sh. This file is
# sourced, not run.

# run_parallel TEST...: run tests in parallel. Print the same output as run_many, in
# the same order, and the duration of each test. All tests run at once, even if there
# are fewer processors, because a test may wait most of the time.
run_parallel() {
	outputs=$(mktemp -d)
	trap 'rm -r "$outputs"' EXIT
	trap 'exit 1' INT TERM
	echo "TAP version 13"
	echo "1..$#"
	pids=
	test_num=0
	for test; do
		test_num=$((test_num + 1))
		run_timed "$test" >"$outputs/$test_num" 2>&1 &
		pids="$pids $!"
	done
	test_num=0
	for pid in $pids; do
		test_num=$((test_num + 1))
		wait "$pid"
		cat "$outputs/$test_num"
	done
}

# run_timed TEST: do what run_one does, which starts thirty processes.
run_timed() {
	begin=$(date +%s)
	name="selftests: mmapdemo: ${1##*/}"
	timeout=$kselftest_default_timeout
	echo "# $name"
	{
		cd "$(dirname "$1")" && timeout "$timeout" "./${1##*/}" 2>&1
		echo $? >"$outputs/$test_num.status"
	} | sed 's/^/# /'
	read -r status <"$outputs/$test_num.status"
	case $status in
	0) echo "ok $test_num $name" ;;
	"$skip_rc") echo "ok $test_num $name # SKIP" ;;
	"$timeout_rc") echo "not ok $test_num $name # TIMEOUT $timeout seconds" ;;
	*) echo "not ok $test_num $name # exit=$status" ;;
	esac
	echo "# $(($(date +%s) - begin)) s"
}
