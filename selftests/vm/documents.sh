#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# documents.sh
#
# Test that the program, the module and the documents agree. Print names that
# are missing in one of them. The output is in TAP format. The comparison needs
# no guest. documents_test.sh checks the output of the program, and runs in a
# guest.

# shellcheck disable=SC2317 # functions are called by check

set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

export PATH=$top/build/userspace:$PATH LC_ALL=C.UTF-8

knows() {
	python3 "$top/selftests/documents.py" "$@"
}

knows_environment() {
	knows environment && knows statuses
}

# Print the synopsis and the example of mmapdemo(4) as a C file.
manual_example() {
	local page=$top/userspace/man/mmapdemo.4

	sed -n 's/^\.B \(#include .*\)/\1/p' "$page"
	echo 'int main(void) {'
	sed -n '/^\.SH EXAMPLES/,/^\.SH SEE/p' "$page" |
		sed -n '/^\.EX/,/^\.EE/{/^\./!p}'
	echo '}'
}

example_compiles() {
	manual_example >"$work/example.c"
	gcc -std=gnu99 -Wall -Werror -I "$top/uapi" -fsyntax-only \
		"$work/example.c" || ! cat "$work/example.c"
}

# between NAME FILE: print the excerpt NAME from FILE.
between() {
	sed -n "/ $1: written by make excerpts/,/ $1 end/p" "$2" | sed '1d;$d'
}

# excerpt_is_current NAME FILE: check that the excerpt NAME in FILE equals the
# program's output
excerpt_is_current() {
	diff <(between "$1" "$2") <("$vm/readme.sh" --excerpts "$1") ||
		! echo 'run: make excerpts'
}

# The first line of a manual page with tables must tell man to run tbl.
tables_are_announced() {
	local page

	for page in "$top"/userspace/man/*; do
		! grep -q '^\.TS' "$page" ||
			equal "'\\\" t" "$(head -n 1 "$page")" "${page##*/}" ||
			return
	done
}

command -v mmapdemo >/dev/null || die 'there is no program, run: make userspace'
command -v python3 >/dev/null || skip_all 'needs python3'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo 'TAP version 13'
check 'every command is in --help, the manual and README' knows commands
check 'files and targets that README names are there' knows readme
check 'every option is in a table, --help and the manual' knows options
check 'every letter of an option is in --help' knows letters
check 'examples in README and manuals have only options that exist' knows examples
check 'README lists the files of module/ that others include' knows layers
check 'events and fields are in events.h, README, the manual, the program' \
	knows events
check 'the tests for huge pages are in mmapdemo(7), in the order of each kernel' \
	knows huge
check 'members of JSON are in the program and in the manual' knows json
check 'formats other than JSON have the names that the manual has' knows formats
check 'tables have the columns that the manual has' knows columns
check 'the manual has the signs that the program prints' knows glyphs
check 'the manual has the environment and the exit statuses' \
	knows_environment
check 'parameters of the module are in README' knows parameters
check 'commands of the device are in the manual' knows ioctls
check 'completion has the values that the program takes' knows completion
check 'formats of report are in the manual, in their test and in the fuzzer' \
	knows exports
check 'README has the trace that the program prints' \
	excerpt_is_current trace "$top/README.md"
check 'README has the merge that the program prints' \
	excerpt_is_current merge "$top/README.md"
check 'mmapdemo(1) has the story that the program prints' \
	excerpt_is_current story "$top/userspace/man/mmapdemo.1"
check 'the example of mmapdemo(4) compiles' example_compiles
check 'manuals with tables tell man to run tbl' tables_are_announced
finish
