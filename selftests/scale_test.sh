#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Reports of large recordings are complete, and quick.
#
# Depends on: nothing.

# shellcheck source=recording.sh disable=SC2086,SC2317
. "$(dirname "$0")/recording.sh"

need_recordings exports.py

# If there are very many verdicts, the page must contain every Nth verdict.
verdicts_are_thinned_out_evenly() {
	recorded refusals 9000 &&
		mmapdemo report --html=refusals.html refusals.dat || return
	equal '(18000, True, 1)' "$(member refusals.html '(r["verdicts_all"],
		len(r["verdicts"]) > 1000, len({b["time"] - a["time"] for a, b in
			zip(r["verdicts"], r["verdicts"][1:])}))')" verdicts
}

# All VMAs, processes and children must be reported, even if there are very
# many. In the recording of VMAs, there is a new VMA every 2000 ns.
many_are_all_shown() {
	recorded vmas 5000 && recorded processes 500 4 &&
		recorded children 2000 20 || return
	mmapdemo report --json vmas.dat >vmas.json &&
		mmapdemo report --json processes.dat >processes.json &&
		mmapdemo report --json children.dat >children.json || return
	equal '5000 5000' "$(member vmas.json \
		'r["faults"]["faults"], len(r["vmas"])' | tr -d '(),')" VMAs &&
		equal True "$(member vmas.json 'all(
			m["vmas"] == -(-n["from"] // 2000)
			for m, n in zip(r["timeline"], r["timeline"][1:])
			if n["from"] < 10000000)')" 'VMAs at each time' &&
		equal '2000 500' "$(member processes.json \
			'r["faults"]["faults"], len(r["threads"])' |
			tr -d '(),')" processes &&
		equal '2020 21' "$(member children.json \
			'r["faults"]["faults"], len(r["threads"])' |
			tr -d '(),')" children
}

# For each file, the program searches the list of files. Without an index, these
# searches would take many seconds.
files_are_found_quickly() {
	recorded files 20000 || return
	(ulimit -t 6 && mmapdemo report --json files.dat >files.json) &&
		equal 'True 20000' "$(member files.json \
			'all(int(i["build_id"], 16) == int(i["ip"].split("+")[0])
			     for i in r["instructions"]), len(r["instructions"])' |
			tr -d '(),')" files
}

# If each child had its own copy of the list of VMAs, these copies would take at
# least 224 MB.
children_share_memory() {
	recorded children 20000 100 || return
	(ulimit -v 131072 && mmapdemo report children.dat >children.txt) &&
		has '^20100 faults took ' children.txt
}

check 'a page with too many verdicts has every Nth verdict' \
	verdicts_are_thinned_out_evenly
check 'many items are all reported' many_are_all_shown
check 'the file of an instruction is found quickly' files_are_found_quickly
check 'children share the list of VMAs of their parent' children_share_memory
finish
