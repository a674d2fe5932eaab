#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# part.sh [--brief] KERNEL PART
#
# Run one part of a check: all tests of this part, or only the tests of this part
# that $TESTS names. KERNEL is "sources" for tests that need no kernel. The output is
# shown, or, with --brief, only the result of each file. The output is also kept in
# build/KERNEL/parts:
#
#   PART.log      the output of the tests
#   PART.result   a line for each test that failed or was skipped. The last line
#                 says how many tests passed, failed and were skipped
#   PART.seconds  the duration
#   PART.whole    the duration of the last run of all tests of the part
#
# Parts of a kernel; all except dkms run in virtual machines:
#
#   tests         tests that depend on the kernel, or all tests that $TESTS names,
#                 on a machine with two NUMA nodes
#   program       tests that depend on the program, but not on the kernel
#   both          the part tests, and with ALL=1 also the part program. both:1/2 is
#                 the first half
#   quick         a few tests: the probes, the events, the classes of faults, trace
#   all           the parts tests and program, and tests that depend on nothing
#   test:NAME     one test
#   shallow       tests that depend on the depth of page tables, with four levels
#                 and a huge page of 1 GiB
#   dkms          the module built by dkms
#   monitor       mmapdemo walk, compared with page tables as QEMU reads them
#
# Parts of the sources: tests (the tests that depend on nothing), lint, documents,
# html, zsh, harness, install.
#
# With SOAK=1, tests that repeat an operation repeat it for much longer. With
# RETRY=1, a test that fails, but passes when it is repeated, is "unsteady", and
# counts as passed. With WATCH=direct or WATCH=kretprobe, all events of all processes
# are recorded during the tests, with probes attached by this method. Then tests that
# attach probes by themselves, or that unload the module, are left out.

set -uo pipefail
. "$(dirname "$0")/lib.sh"

# The tests that are left out with $WATCH.
attaching='attach_test|count_life_test|device_ioctl_test|events_test|failure_test'
attaching+='|handover_test|leak_test|module_cycle_test|module_test|probes_test'
attaching+='|selftest_test|stock_test|tracers_test'

quick_tests=(probes_test events_test fault_class_test process_test)

# ---- selection of tests ----

# depend_on WHAT...: print the tests that depend on any WHAT.
depend_on() {
	local what

	for what; do
		tests_of "$what"
	done
}

# chosen WHAT...: print the wanted tests that depend on any WHAT, all on one line.
chosen() {
	local test

	for test in $(depend_on "$@"); do
		wanted "$test" || continue
		[[ ${WATCH:-} && $test =~ ^($attaching)$ ]] || printf '%s ' "$test"
	done
}

# share I N TEST...: print every N-th test, starting with test number I.
share() {
	local i=0 test

	for test in "${@:3}"; do
		((i++ % $2 + 1 != $1)) || printf '%s ' "$test"
	done
}

tests_of_part() {
	local tests

	case $part in
	tests) chosen 'the kernel' ${TESTS:+'the program'} ;;
	program) chosen 'the program' ;;
	quick) echo "${quick_tests[@]}" ;;
	both*)
		tests=$(chosen 'the kernel' ${ALL:+'the program'})
		[[ $part == both ]] || {
			IFS=:/ read -r _ i n <<<"$part"
			# shellcheck disable=SC2086 # split into words
			tests=$(share "$i" "$n" ${tests//leak_test /})
			[[ ${WATCH:-} ]] || tests+='leak_test'
		}
		echo "$tests"
		;;
	all) chosen 'the kernel' 'the program' nothing ;;
	test:*) echo "${part#*:}" ;;
	esac
}

# ---- running tests ----

# timed: copy the output of tests, and print the duration of each test file when it
# has ended.
timed() {
	local line begin=$SECONDS

	while IFS= read -r line; do
		printf '%s\n' "$line"
		[[ $line =~ ^(not )?ok\ [0-9]+\ selftests:\  ]] || continue
		echo "# $((SECONDS - begin)) s"
		begin=$SECONDS
	done
}

# in_guest TESTS [OPTION...]: run tests in a virtual machine, with these options
# of run.sh.
in_guest() {
	local through=()

	((${REPEAT:-1} == 1)) ||
		through=(sh -c "for i in \$(seq $REPEAT); do \"\$@\" || exit; done" -)
	[[ ! ${WATCH:-} ]] || through+=(selftests/vm/watched.sh "$WATCH")
	[[ ! ${COVERAGE:-} ]] || through+=(selftests/vm/covered.sh)
	"$vm/run.sh" "$kernel" --load --timeout 7200 "${@:2}" \
		${COVERAGE:+--out "$COVERAGE"} -- "${through[@]}" \
		make --no-print-directory -C selftests run_tests \
		OUTPUT=/root/mmapdemo/build/selftests "TESTS=$1" \
		${SOAK:+SOAK=1} | timed
}

# in_host TESTS: run tests on this machine, in parallel. Prefer the programs of Debian,
# because the python3 of a version manager takes ten times as long to start.
in_host() {
	PATH=$top/build/userspace:/usr/bin:/bin:$PATH make -j"$(nproc)" --no-print-directory \
		-C "$top/selftests" run_tests HOST=1 \
		"OUTPUT=$top/build/selftests" "TESTS=$1"
}

# two_nodes TESTS: run tests with two NUMA nodes. NUMA balancing is off, so the
# kernel does not move pages to another node. RCU grace periods are expedited,
# except with SOAK=1.
two_nodes() {
	local append=numa_balancing=disable

	[[ ${SOAK:-} ]] || append+=' rcupdate.rcu_expedited=1'
	in_guest "$1" --nodes 2 --append "$append"
}

shallow() {
	local test tests=''

	for test in fault_levels_test walk_test; do
		! wanted "$test" || tests+="$test "
	done
	in_guest "$tests" --cpu max,la57=off --memory 4G \
		--append 'hugepagesz=1G hugepages=1'
}

run_part() {
	local kernels

	read -ra kernels <<<"${KERNELS:-$(kernel_names | paste -sd' ')}"
	case $kernel/$part in
	sources/tests) in_host "$(chosen nothing)" ;;
	sources/*) host_test "$part" "$vm/$part.sh" "${kernels[@]}" ;;
	*/dkms | */monitor) host_test "$part" "$vm/$part.sh" "$kernel" ;;
	*/shallow) shallow ;;
	*) two_nodes "$(tests_of_part)" ;;
	esac
}

# ---- results ----

# Store the results of clinic_test for "make readme".
keep_cells() {
	local cells=$top/build/$kernel/clinic.cells

	! sed -n 's/^# # cell\t//p' "$log" | grep . >"$cells.new" ||
		mv "$cells.new" "$cells"
	rm -f "$cells.new"
}

# is_unsteady: return 0 if the failed tests pass when they are run once more.
is_unsteady() {
	local files p f

	files=$(sed -nE 's/^not ok [0-9]+ selftests: [^:]+: ([a-z0-9_]+).*/\1/p' \
		"$log" | sort -u | paste -sd' ')
	[[ $files ]] || return
	say "$kernel: once more: $files"
	TESTS=$files run_part >"${log%.log}.again" 2>&1 || return
	read -r p f _ < <(awk -f "$top/selftests/summary.awk" \
		"${log%.log}.again" | tail -n 1)
	((p && !f))
}

# result STATUS: print the lines for PART.result.
result() {
	local lines p f s

	mapfile -t lines < <(awk -f "$top/selftests/summary.awk" "$log")
	read -r p f s <<<"${lines[-1]}"
	unset 'lines[-1]'
	if (($1)); then
		lines+=("FAILED  the run as a whole, with status $1")
		f=$((f + 1))
	elif ((!p && !f && !s)); then
		lines+=("FAILED  no test ran")
		f=$((f + 1))
	elif ((f && ${RETRY:-0})) && is_unsteady; then
		lines=("${lines[@]/#FAILED /unsteady}")
		p=$((p + f)) f=0
	fi
	printf '%s\n' ${lines[@]+"${lines[@]}"} "$p $f $s"
}

# show: print the whole output of the tests, or only the result of each file.
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
[[ $# == 2 ]] || die "usage: part.sh [--brief] KERNEL PART"
kernel=$1 part=$2
[[ $kernel == sources ]] || kernel_line "$kernel"
log=$top/build/$kernel/parts/${part/\//-}.log
mkdir -p "${log%/*}"
rm -f "${log%.log}".{log,again,result,seconds}
begin=$SECONDS
run_part 2>&1 | tee "$log" | show
status=${PIPESTATUS[0]}
[[ $kernel == sources ]] || keep_cells
result "$status" >"${log%.log}.result"
echo $((SECONDS - begin)) >"${log%.log}.seconds"
[[ ${TESTS:-}${WATCH:-} ]] ||
	cp "${log%.log}.seconds" "${log%.log}.whole"
