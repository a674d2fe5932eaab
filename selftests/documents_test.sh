#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The program must behave as documented. This test checks the members of JSON,
# the exit statuses, and the examples. selftests/vm/documents.sh checks what can
# be checked without running commands. probes_test.sh checks the list of
# observed functions. Without the module, this test checks less.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2016,SC2317
. "$(dirname "$0")/tap.sh"

need_program
need_tool python3 python3
tests=$(cd "$(dirname "$0")" && pwd)
manual=$tests/../userspace/man/mmapdemo.1
[[ -r $manual ]] || skip_all "there is no ../userspace/man"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit

has_module() {
	loaded && ((!EUID))
}

# documented COMMAND ARGUMENT...: run a command that writes JSON to out.json or
# to standard output. Check that the manual has all members of this JSON.
documented() {
	rm -f out.json
	mmapdemo "$@" >said.json || return
	[[ -e out.json ]] || mv said.json out.json
	python3 "$tests/documents.py" written "$1" out.json
}

json_of_memory() {
	local address

	address=$(sed -n 's/-.* r-xp .*bash$//p' /proc/$$/maps)
	documented maps --json $$ &&
		documented why --json --all $$ &&
		documented walk --json $$ &&
		documented walk --json $$ "$address" &&
		documented walk --json $$ 0-7ffffffff000
}

json_of_faults() {
	documented count --json -o out.json -- true &&
		documented top --json -n 2 -I 0.1 &&
		documented top --json -n 1 -I 0.1 -p $$
	((EUID)) || documented trace --json -o out.json -- sh -c true
}

json_of_the_module() {
	documented probes --json &&
		documented maps --watch 0.1 --json $$
}

# Return 0 if an mmapdemo process is recording this shell.
is_recorded() {
	local instance

	for instance in "$tracing"/instances/mmapdemo*; do
		grep -qsx $$ "$instance/set_event_pid" &&
			grep -qsx 1 "$instance/tracing_on" && return
	done
	return 1
}

json_of_recordings() {
	documented report --json a.dat &&
		documented report --json --faults stack.dat &&
		documented report --json --merges a.dat &&
		documented report --json stack.dat &&
		documented diff --json a.dat b.dat &&
		documented lint --json --input a.dat &&
		documented why --json --all --input me.dat $$ || return
	grep -aoE '\{"schema":"mmapdemo-recording".*\}' a.dat >out.json &&
		python3 "$tests/documents.py" written record out.json
}

# ends STATUS ARGUMENT...: check that mmapdemo ARGUMENT... exits with STATUS
ends() {
	local status=0

	mmapdemo "${@:2}" >said.txt 2>&1 || status=$?
	equal "$1" "$status" "status of mmapdemo ${*:2}" || ! cat said.txt
}

# status_of_command COMMAND: check the section EXIT STATUS of the manual for a
# command of mmapdemo that runs another program.
status_of_command() {
	echo 'no program' >data
	ends 7 "$1" -o out.dat -- sh -c 'exit 7' &&
		ends 127 "$1" -o out.dat -- ./missing &&
		ends 126 "$1" -o out.dat -- ./data &&
		ends 143 "$1" -o out.dat -- sh -c 'kill $$'
}

statuses() {
	ends 2 && ends 2 nothing && ends 0 --version &&
		ends 1 report missing.dat && status_of_command count || return
	if has_module; then
		ends 7 record -o out.dat -- sh -c 'exit 7' &&
			ends 127 record -o out.dat -- ./missing &&
			ends 0 lint -- sh -c 'exit 7'
	else
		((EUID)) || status_of_command trace
	fi
}

# examples ADDRESS: print the examples of the manual, one per line. The examples
# are shortened so that they can run in this test.
examples() {
	sed -n '/^\.SH EXAMPLES/,/^\.EE/{/^mmapdemo/p}' "$manual" |
		sed -e 's/\\-/-/g; s/ *|.*//; s/ && .*//; s/ >[^ ]*$//' \
			-e 's/make -j4/true/; s/cc -c hello.c/true/' \
			-e 's/^mmapdemo tour$/mmapdemo tour 1/' \
			-e 's/-n 10 -I 1/-n 1 -I 0.1/; s/--watch 10/--watch 0.1/' \
			-e "s/55d0c8a2f318/$1/"
}

# Examples that inspect the current shell get an address in the memory of this
# shell.
examples_run() {
	local address line

	address=$(sed -n 's/-.* r-xp .*bash$//p' /proc/$$/maps)
	cp a.dat before.dat && cp b.dat after.dat && examples "$address" >list ||
		return
	within 10 99 "$(wc -l <list)" examples || return
	while read -r line; do
		eval "$line" <<<hello >said.txt 2>&1 || {
			echo "failed: $line"
			cat said.txt
			return 1
		}
	done <list
}

echo 'TAP version 13'
check 'JSON about memory has the members that the manual has' json_of_memory
check 'JSON about faults has the members that the manual has' json_of_faults
check 'exit statuses are those of the manual' statuses
if has_module; then
	mmapdemo record -q -o a.dat -- sh -c true &&
		mmapdemo record -q -o b.dat -- sh -c 'true; (:)' &&
		mmapdemo record -q --stack -o stack.dat -- sh -c true || exit
	mmapdemo record -q -o me.dat -p $$ &
	recorder=$!
	until is_recorded; do :; done
	(:)
	kill -TERM $recorder
	wait $recorder
	check 'JSON of the module has the members that the manual has' \
		json_of_the_module
	check 'JSON of recordings has the members that the manual has' \
		json_of_recordings
	check 'the examples of mmapdemo(1) run' examples_run
else
	skip 'recordings, probes and examples' 'the module is not loaded'
fi
finish
