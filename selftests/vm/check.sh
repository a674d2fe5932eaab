#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check.sh KERNEL...
#
# Run all tests, or those named in $TESTS. Tests of the sources, and tests that
# depend on nothing, run once. Tests that depend on the program run on one of
# the kernels. The commit determines this kernel, so that each kernel has its
# turn. Tests that depend on the kernel run on each kernel, but only a few of
# them on kernels that the list calls quick. With ALL=1, all tests run on each
# kernel. A kernel with all sanitizers runs the tests that depend on the kernel.
# With ALL=1, such a kernel also runs the tests that depend on the program. On a
# kernel with all sanitizers, the tests run in two halves. PART=1/2 or PART=2/2
# runs only one half.
#
# For every two processors, three parts run in parallel. The longest parts run
# first. With CACHED=1, a kernel is skipped if the tree, the kernel and its parts
# are the same as in its last run without failures. With RETRY=1, a test that fails,
# but passes when it is repeated, is "unsteady", and counts as passed. With SOAK=1,
# each test that depends on the kernel is a separate part.
#
# Print the tests that failed or were skipped, and the result of each kernel. The
# results of the tests that depend on the kernel are also written to build/check.table.
# The last line is "N passed, N failed, N skipped". The exit status is 0 if some tests
# passed and none failed.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

# The part "lint" builds for all kernels, and the part "html" uses the first kernel.
source_parts=(lint documents html zsh harness install)

# The estimated durations, in seconds, of parts that have not run yet.
declare -A usual=([tests]=600 [program]=500 [both]=2400 [all]=1300 [dkms]=90
	[lint]=120 [html]=60 [install]=60 [test]=1800)

# at_once: print how many parts may run in parallel. If the virtual machine is
# emulated, a part uses two thirds of a processor, and 3 GiB of memory.
at_once() {
	local free parts=$(($(nproc) * 3 / 2))

	free=$(awk '/^MemAvailable:/ { print int($2 / 1024 / 1024 / 3) }' \
		/proc/meminfo)
	echo $((free < 1 ? 1 : free < parts ? free : parts))
}

# ---- plan ----

# any TEST...: return 0 if one of these tests is wanted.
any() {
	local test

	for test; do
		! wanted "$test" || return 0
	done
	return 1
}

parts_of_sources() {
	local part

	# shellcheck disable=SC2046 # split into words
	! any $(tests_of nothing) || echo tests
	for part in "${source_parts[@]}"; do
		! wanted "$part" || echo "$part"
	done
}

# program_kernel KERNEL...: print the kernel on which to run tests that depend on
# the program. A kernel that takes turns has enough to do, unless there is no other.
program_kernel() {
	local kernel whole=() turns=()

	for kernel; do
		kernel_line "$kernel"
		if [[ $turn ]]; then
			[[ $quick ]] || turns+=("$kernel")
		elif [[ ! $quick ]]; then
			whole+=("$kernel")
		fi
	done
	((${#whole[@]})) || whole=(${turns[@]+"${turns[@]}"})
	((${#whole[@]})) || return 0
	echo "${whole[$(commit_number) % ${#whole[@]}]}"
}

# soak_parts: print a separate part for each wanted test, because a test takes up to
# an hour.
soak_parts() {
	local test

	for test in $(tests_of 'the kernel'); do
		! wanted "$test" || echo "test:$test"
	done
}

# parts_of KERNEL: print the parts that run on a kernel
parts_of() {
	local half

	kernel_line "$1"
	if [[ $package == linux-source* && ! ${TESTS:-} ]]; then
		for half in 1/2 2/2; do
			[[ ${PART:-$half} != "$half" ]] || echo "both:$half"
		done
		[[ ${PART:-1/2} != 1/2 ]] || printf '%s\n' dkms monitor shallow
		return
	fi
	if [[ ${SOAK:-} ]]; then
		soak_parts
		return
	fi
	if [[ $quick && ! ${TESTS:-} ]]; then
		echo quick
		return
	fi
	# shellcheck disable=SC2046 # split into words
	if [[ ${ALL:-} ]]; then
		! any $(tests_of nothing) $(tests_of 'the program') \
			$(tests_of 'the kernel') || echo all
	else
		! any $(tests_of 'the kernel') ${TESTS:+$(tests_of 'the program')} ||
			echo tests
		[[ ${TESTS:-} || $1 != "$chosen" ]] || echo program
	fi
	! any fault_levels_test walk_test || echo shallow
	! wanted dkms || echo dkms
	! wanted monitor || echo monitor
}

# seconds KERNEL PART: print how long the last run of the whole part took, or an
# estimate.
seconds() {
	cat "$top/build/$1/parts/${2/\//-}.whole" 2>/dev/null ||
		echo "${usual[${2%:*}]:-40}"
}

# tree_sum: print a checksum of all files that are tested, and of all tests.
tree_sum() {
	(cd "$top" && find README.md Kbuild Makefile dkms.conf module uapi userspace \
		selftests .ci -type f -print0 | sort -z |
		xargs -0 sha256sum | sha256sum)
}

# key TREE NAME: print a checksum of everything on which the results of NAME depend.
key() {
	echo "$1 ${parts[$2]} $(cat "$cache/$2/.key" 2>/dev/null)" | sha256sum
}

# is_unchanged NAME: return 0 if nothing has changed since the last run of NAME
# without failures. Set $p and $s to the numbers of tests that passed and were
# skipped in that run.
is_unchanged() {
	local green

	[[ ${CACHED:-} && ! ${TESTS:-} ]] || return
	read -r green p s 2>/dev/null <"$top/build/$1/green" || return
	[[ $green == "${keys[$1]}" ]]
}

# plan KERNEL...: set $parts and $keys for each name.
plan() {
	local name tree

	tree=$(tree_sum)
	for name in sources "$@"; do
		if [[ $name == sources ]]; then
			parts[sources]=$(parts_of_sources | paste -sd' ')
		else
			parts[$name]=$(parts_of "$name" | paste -sd' ')
		fi
		[[ ${parts[$name]} ]] || continue
		names+=("$name")
		keys[$name]=$(key "$tree" "$name")
		keys[$name]=${keys[$name]%% *}
	done
}

# ---- run ----

# jobs: print a line for each part, the longest parts first.
jobs() {
	local name part

	for name in "${names[@]}"; do
		! is_unchanged "$name" || continue
		for part in ${parts[$name]}; do
			echo "$(seconds "$name" "$part") $name $part"
		done
	done | sort -rn | cut -d' ' -f2-
}

run_jobs() {
	local brief=--brief name part

	# Remove the results of earlier runs, so that they are not used if a part
	# does not run.
	for name in "${names[@]}"; do
		for part in ${parts[$name]}; do
			rm -f "$top/build/$name/parts/${part/\//-}.result"
		done
	done
	# The output of a single kernel is shown in full.
	((${#names[@]} > 1)) || [[ ${SOAK:-} ]] || brief=
	jobs | xargs -r -P "$(at_once)" -L 1 "$vm/part.sh" $brief
}

# ---- results ----

# count NAME: add the results of the kernel NAME to the totals.
count() {
	local name=$1 part log p=0 f=0 s=0 a b c lines=() more

	if is_unchanged "$name"; then
		report+="$name: unchanged, $p passed then"$'\n'
	else
		for part in ${parts[$name]}; do
			log=$top/build/$name/parts/${part/\//-}
			[[ -s $log.result ]] ||
				echo $'FAILED  the run as a whole\n0 1 0' >"$log.result"
			mapfile -t more <"$log.result"
			read -r a b c <<<"${more[-1]}"
			unset 'more[-1]'
			p=$((p + a)) f=$((f + b)) s=$((s + c))
			lines+=(${more[@]+"${more[@]}"})
			times+="$(cat "$log.seconds" 2>/dev/null || echo 0) $name $part"$'\n'
			! printf '%s\n' ${more[@]+"${more[@]}"} |
				grep -qE '^(FAILED|unsteady)' || failing+=("$log.log")
		done
		((!${#lines[@]})) ||
			report+=$(printf "$name: %s\n" "${lines[@]}")$'\n'
		keep "$name" "$p" "$f" "$s"
		keep_row "$name"
	fi
	table+="$name $p $f $s"$'\n'
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
}

# keep NAME PASSED FAILED SKIPPED: store the result for CACHED=1.
keep() {
	[[ ! ${TESTS:-} && ! ${PART:-} ]] || return 0
	if (($3)); then
		rm -f "$top/build/$1/green"
	else
		echo "${keys[$1]} $2 $4" >"$top/build/$1/green"
	fi
}

# keep_row NAME: store a line for make readme. Do nothing if variables such as
# TESTS or ALL changed the tests that ran on the kernel NAME.
keep_row() {
	local part files=()

	[[ $1 != sources && ! ${ALL:-}${TESTS:-}${PART:-}${SOAK:-}${WATCH:-} ]] ||
		return 0
	for part in ${parts[$1]}; do
		[[ $part == program ]] ||
			files+=("$top/build/$1/parts/${part/\//-}.result")
	done
	sed -i "/^$1\t/d" "$seen"
	printf '%s\t%s\t%s\n' "$1" "$(sums "${files[@]}")" "$(reasons "${files[@]}")" \
		>>"$seen"
}

# sums FILE...: print how many tests passed, failed and were skipped.
sums() {
	awk -v OFS='\t' '/^[0-9]+ [0-9]+ [0-9]+$/ { p += $1; f += $2; s += $3 }
		END { print p + 0, f + 0, s + 0 }' "$@"
}

# reasons FILE...: print why tests were skipped, each reason only once.
reasons() {
	sed -n 's/^skipped .*: //p' "$@" | sort -u | paste -sd';' | sed 's/;/; /g'
}

# Show the logs of the parts that failed, for readers who did not watch the run.
show_logs() {
	local log

	for log in ${failing[@]+"${failing[@]}"}; do
		printf '\n==== %s ====\n' "${log#"$top/build/"}"
		awk -f "$top/selftests/failed.awk" "$log"
	done
}

(($#)) || die "usage: check.sh KERNEL..."
[[ ${PART:-1/2} == @(1/2|2/2) ]] || die "PART must be 1/2 or 2/2."
export KERNELS="$*"
declare -A parts keys
names=() chosen=$(program_kernel "$@")
seen=$top/build/check.table
mkdir -p "${seen%/*}"
: >>"$seen"
passed=0 failed=0 skipped=0 report='' table='' times='' failing=()
plan "$@"
((${#names[@]})) || die "no such tests: $TESTS"
[[ ! $chosen || " ${parts[$chosen]} " != *' program '* ]] ||
	say "what depends on the program runs on $chosen, chosen by the commit."
run_jobs || true
for name in "${names[@]}"; do
	count "$name"
done
((${#names[@]} == 1)) || show_logs
printf '\n%s' "$report"
[[ ! $times ]] || printf '\n%7s  %s\n' seconds part
sort -rn <<<"${times%$'\n'}" | awk 'NF { printf "%7d  %s %s\n", $1, $2, $3 }'
printf '\n%-10s %7s %7s %7s\n' kernel passed failed skipped
# shellcheck disable=SC2086 # each line has four words
printf '%-10s %7d %7d %7d\n' $table
echo "$((SECONDS / 60)) min $((SECONDS % 60)) s"
echo "$passed passed, $failed failed, $skipped skipped"
((!failed && passed))
