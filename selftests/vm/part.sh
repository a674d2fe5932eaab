#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# part.sh [--brief] KERNEL PART
#
# Runs one part of a check: the tests of a part, or those of them that $TESTS names.
# KERNEL is "sources" for what needs none. What they print is shown, with --brief only
# how each file of them ends, and kept in build/KERNEL/parts:
#
#   PART.log      what they printed
#   PART.result   a line for each that failed or was skipped; at last how many
#                 passed, failed and were skipped
#   PART.seconds  how long it took
#
# Parts of a kernel; all but dkms run in virtual machines:
#
#   tests         what depends on the kernel, and all that $TESTS names, on a machine
#                 with two nodes of memory
#   program       what depends on the program, but not on the kernel
#   both          tests and program; both:1/2 is the first half of them
#   all           tests, program, and what depends on nothing
#   shallow       what depends on the depth of page tables, with four levels
#   dkms          what dkms makes of the module
#   monitor       page tables, as QEMU reads them
#
# Parts of the sources: tests, which depend on nothing, and lint, documents, html,
# zsh, harness, install.
#
# With SOAK=1 the tests that repeat themselves do so for much longer. With RETRY=1
# what fails but passes when run once more is "unsteady", and counts as passed. With
# WATCH=direct or WATCH=kretprobe all events of everybody are recorded meanwhile,
# attached so; without those tests that decide themselves what is attached, or unload
# the module.

set -uo pipefail
. "$(dirname "$0")/lib.sh"

# With $WATCH those are left out.
attaching='attach_test|count_life_test|device_ioctl_test|events_test|failure_test'
attaching+='|leak_test|module_cycle_test|module_test|probes_test|stock_test'

# ---- which tests ----

# depend_on WHAT...: the tests that depend on one of these.
depend_on() {
	local what

	for what; do
		tests_of "$what"
	done
}

# chosen WHAT...: of these, those that are wanted, a line.
chosen() {
	local test

	for test in $(depend_on "$@"); do
		wanted "$test" || continue
		[[ ${WATCH:-} && $test =~ ^($attaching)$ ]] || printf '%s ' "$test"
	done
}

# share I N TEST...: each N-th of them, from the I-th on.
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
	both*)
		tests=$(chosen 'the kernel' 'the program')
		[[ $part == both ]] || {
			IFS=:/ read -r _ i n <<<"$part"
			# shellcheck disable=SC2086 # words
			tests=$(share "$i" "$n" ${tests//leak_test /})
			[[ ${WATCH:-} ]] || tests+='leak_test'
		}
		echo "$tests"
		;;
	all) chosen 'the kernel' 'the program' nothing ;;
	esac
}

# ---- how they are run ----

# timed: what tests say, and after the end of each file how long it took.
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

# On this machine, as in a guest.
in_host() {
	PATH=$top/build/userspace:$PATH make -j"$(nproc)" --no-print-directory \
		-C "$top/selftests" run_tests HOST=1 \
		"OUTPUT=$top/build/selftests" "TESTS=$1" | timed
}

# two_nodes TESTS: which stay as the tests want them.
two_nodes() {
	in_guest "$1" --nodes 2 --append numa_balancing=disable
}

shallow() {
	local test tests=''

	for test in fault_levels_test walk_test; do
		! wanted "$test" || tests+="$test "
	done
	in_guest "$tests" --cpu max,la57=off
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

# ---- what became of them ----

# What clinic_test saw, for make readme.
keep_cells() {
	local cells=$top/build/$kernel/clinic.cells

	! sed -n 's/^# # cell\t//p' "$log" | grep . >"$cells.new" ||
		mv "$cells.new" "$cells"
	rm -f "$cells.new"
}

# What failed passes, run once more.
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

# result STATUS: the lines of PART.result.
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

# show: all of what the tests print, or only how each file of them ended.
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
rm -f "${log%.log}".*
begin=$SECONDS
run_part 2>&1 | tee "$log" | show
status=${PIPESTATUS[0]}
[[ $kernel == sources ]] || keep_cells
result "$status" >"${log%.log}.result"
echo $((SECONDS - begin)) >"${log%.log}.seconds"
