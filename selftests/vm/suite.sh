#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# suite.sh [--brief] KERNEL
#
# Runs the tests, or those named in $TESTS, on a kernel: in a virtual machine, but
# for dkms, and monitor, which has one of its own; all of them on a kernel full of
# sanitizers in two, each of which looks for leaks at its end. What they say is
# shown, with --brief only how each file of them ends, and kept in
# build/KERNEL/check.log; check.status beside it is 0 if the tests came to their
# end.
#
# With SOAK=1 the tests that repeat themselves do so for much longer.
#
# With WATCH=direct or WATCH=kretprobe all events of everybody are recorded while
# they run, attached so; without those tests that decide themselves what is
# attached, or unload the module.

set -uo pipefail
. "$(dirname "$0")/lib.sh"

# Those that no guest runs are not its to run.
guest_tests() {
	local test

	for test in ${TESTS:-}; do
		[[ $test == @(lint|html|zsh|harness|dkms|monitor) ]] || printf '%s ' "$test"
	done
}

# With $WATCH those are left out.
attaching='attach_test|count_life_test|device_ioctl_test|events_test|failure_test'
attaching+='|leak_test|module_cycle_test|module_test|probes_test|stock_test'

# every_test: the names of all tests of the guest.
every_test() {
	local test

	for test in "$top"/selftests/*_test.*; do
		test=${test##*/}
		test=${test%.*}
		[[ ${WATCH:-} && $test =~ ^($attaching)$ ]] || echo "$test"
	done
}

# timed: what tests say, and behind the end of each file how long it took.
timed() {
	local line begin=$SECONDS

	while IFS= read -r line; do
		printf '%s\n' "$line"
		[[ $line =~ ^(not )?ok\ [0-9]+\ selftests:\  ]] || continue
		echo "# $((SECONDS - begin)) s"
		begin=$SECONDS
	done
}

# in_guest TESTS [OPTION...]: on a machine with these options of run.sh.
in_guest() {
	local through=()

	((${REPEAT:-1} == 1)) ||
		through=(sh -c "for i in \$(seq $REPEAT); do \"\$@\" || exit; done" -)
	[[ ! ${WATCH:-} ]] || through+=(selftests/vm/watched.sh "$WATCH")
	"$vm/run.sh" "$kernel" --load --timeout 7200 "${@:2}" -- "${through[@]}" \
		make --no-print-directory -C selftests run_tests \
		OUTPUT=/root/mmapdemo/build/selftests "TESTS=$1" \
		${SOAK:+SOAK=1} | timed
}

# With two nodes, which stay as the tests want them.
on_two_nodes() {
	in_guest "$1" --nodes 2 --append numa_balancing=disable
}

# Where each test takes long, two machines share them.
run_shared() {
	local half=('' '') i=0 test other=${log%.log}.other status=0

	for test in $(every_test); do
		[[ $test == leak_test ]] || half[i++ % 2]+="$test "
	done
	[[ ${WATCH:-} ]] || half=("${half[@]/%/leak_test}")
	on_two_nodes "${half[1]}" >"$other" 2>&1 &
	# shellcheck disable=SC2064 # this one
	trap "kill $! 2>/dev/null" EXIT
	on_two_nodes "${half[0]}" || status=$?
	say "$kernel: the other half of the tests is still running ..."
	wait $! || status=$?
	trap - EXIT
	cat "$other"
	return $status
}

run_tests() {
	local tests test shallow=''

	! wanted dkms || host_test dkms "$vm/dkms.sh" "$kernel"
	! wanted monitor || host_test monitor "$vm/monitor.sh" "$kernel"
	tests=$(guest_tests)
	[[ ! ${WATCH:-} || ${TESTS:-} || $package == source ]] ||
		tests=$(every_test | paste -sd' ')
	if [[ ! ${TESTS:-} && $package == source ]]; then
		run_shared || return
	elif [[ $tests || ! ${TESTS:-} ]]; then
		on_two_nodes "$tests" || return
	fi
	# What depends on the depth of page tables, once more with the other one.
	for test in fault_levels_test walk_test; do
		! wanted "$test" || shallow+=" $test"
	done
	[[ ! $shallow ]] || in_guest "$shallow" --cpu max,la57=off
}

# What clinic_test saw, for make readme.
keep_cells() {
	local cells=${log%/*}/clinic.cells

	! sed -n 's/^# # cell\t//p' "$log" | grep . >"$cells.new" ||
		mv "$cells.new" "$cells"
	rm -f "$cells.new"
}

# What failed, once more.
run_again() {
	local files

	files=$(sed -nE 's/^not ok [0-9]+ selftests: [^:]+: ([a-z0-9_]+).*/\1/p' \
		"$log" | sort -u | paste -sd' ')
	[[ $files ]] || return 0
	say "$kernel: once more: $files"
	TESTS=$files run_tests >"$again" 2>&1 || rm "$again"
}

# show: all of what the tests say, or only how each file of them ended.
show() {
	if [[ $brief ]]; then
		sed -nuE "s/^(not ok|ok) [0-9]+ selftests: [^:]*:? ?/$kernel: \\1 /p"
	else
		cat
	fi
}

brief=
if [[ ${1:-} == --brief ]]; then
	brief=1
	shift
fi
[[ $# == 1 ]] || die "usage: suite.sh [--brief] KERNEL"
kernel=$1
kernel_line "$kernel"
log=$top/build/$kernel/check.log again=$top/build/$kernel/again.log
mkdir -p "${log%/*}"
rm -f "${log%.log}.status" "$again"
run_tests 2>&1 | tee "$log" | show
status=${PIPESTATUS[0]}
keep_cells
((!${RETRY:-0} || status)) || run_again
echo "$status" >"${log%.log}.status"
