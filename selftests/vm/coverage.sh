#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# coverage.sh KERNEL DEBUG-KERNEL
#
# Print how many lines of the program and of the module the tests execute, by
# directory. The program is instrumented by gcc --coverage. The program runs in the
# tests that need no kernel, and, on KERNEL, in the tests that depend on the program.
# The module is instrumented by the GCOV of DEBUG-KERNEL. DEBUG-KERNEL runs the tests
# that depend on the kernel. $TESTS can name the tests to run. The script takes about
# an hour on two processors.
#
# Everything is built in build/coverage/project, which is a copy of the sources. The
# counts stay in build/coverage, next to the copy. coverage.py FILE prints the lines
# of a source file that no test executed.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

work=$top/build/coverage
project=$work/project

copy_project() {
	rm -rf "$work"
	mkdir -p "$project"
	tar -c -C "$top" --exclude=./.git --exclude=./build . | tar -x -C "$project"
}

build() {
	CFLAGS='-O1 -g --coverage -fprofile-update=atomic' \
		make -s -j"$(nproc)" userspace selftests
	make -s -j"$(nproc)" modules KERNEL="$debug" GCOV=1
	make -s -j"$(nproc)" modules KERNEL="$kernel"
}

# part KERNEL PART: run tests. Failures are ignored here, because make check
# reports them.
part() {
	local counts=$work/$1-${2/\//-}

	mkdir -p "$counts"
	COVERAGE=$counts selftests/vm/part.sh --brief "$1" "$2"
}

[[ $# == 2 ]] || die "usage: coverage.sh KERNEL DEBUG-KERNEL"
need gcc gcov make python3
kernel=$1 debug=$2
# gcov's own messages are not output of the tests.
export GCOV_ERROR_FILE=/dev/null
copy_project
cd "$project"
build
part sources tests
part "$kernel" program &
part "$debug" both:1/2 &
part "$debug" both:2/2 &
wait
"$vm/coverage.py"
