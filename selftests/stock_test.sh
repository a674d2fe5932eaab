#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The program without the module. Without the module, the program uses the
# interfaces of the kernel. The program's numbers must agree with those of the
# kernel. The program must say which information is missing.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

take_module
need_program
programs=$(realpath "$programs")
work=$(mktemp -d -p /var/tmp)	# a directory on a disk
trap 'rm -rf "$work"; give_back' EXIT
cd "$work" || exit
export LC_ALL=C

# ---- helpers ----

# begins WORD COMMAND [OPTION]...: start mmapdemo in the background. Set
# $observer. Return when mmapdemo has written WORD to the file "shown".
begins() {
	: >shown
	set -m
	mmapdemo "${@:2}" -o shown 2>errors &
	set +m
	observer=$!
	until grep -q -- "$1" shown; do
		kill -0 $observer || ! cat errors || return
	done
}

ends() {
	local status=0

	kill -INT $observer
	wait $observer || status=$?
	equal 0 $status status
}

# json FILE: check that each line of FILE is a JSON value.
json() {
	python3 -c 'import json, sys
for line in open(sys.argv[1]):
	json.loads(line)' "$1"
}

# of NAME: print the number NAME from the last line of the file "shown".
of() {
	sed -n "\$s/.*\"$1\":\([0-9]*\).*/\1/p" shown
}

# ---- count ----

# Each interval includes only its own faults.
counts_a_process() {
	local before after

	act walker 300 && asleep $actor || return
	before=$(faults_of $actor)
	begins interval count --json -I 0.1 -p $actor && turn && heard over &&
		asleep $actor || return
	after=$(faults_of $actor)
	until grep -q '"event":"interval","faults":[1-9]' shown; do
		kill -0 $observer || return
	done
	ends && leave && json shown || return
	equal $((after - before)) "$(sed -n \
		's/.*"interval","faults":\([0-9]*\).*/\1/p' shown |
		awk '{ sum += $1 } END { print sum }')" 'faults of all intervals' ||
		! cat shown || return
	within 300 9999 "$(of faults)" faults &&
		equal $((after - before)) "$(of faults)" 'faults of all' &&
		equal "$(of faults)" $(($(of minor) + $(of major))) 'both' &&
		grep -q '"source":"perf","unobserved":"the module is not loaded"' \
			shown || ! cat shown
}

majors_of() {
	sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f 10
}

# The actor reads a file that is not in the page cache.
counts_what_is_read_from_a_disk() {
	local before after all

	head -c 1M /dev/urandom >cold.bin && sync cold.bin &&
		act reader cold.bin && asleep $actor || return
	before=$(majors_of $actor) all=$(faults_of $actor)
	begins interval count --json -I 0.1 -p $actor &&
		echo 1 >/proc/sys/vm/drop_caches && turn && heard over &&
		asleep $actor || return
	after=$(majors_of $actor) all=$(($(faults_of $actor) - all))
	ends && leave || return
	within 1 999 "$(of major)" 'major faults' &&
		equal $((after - before)) "$(of major)" 'major faults of all' &&
		equal $((all - after + before)) "$(of minor)" 'minor faults' ||
		! cat shown
}

# The child has ended long before the report, so no source except the counter
# can include its faults.
counts_children() {
	mmapdemo count --json -o shown -- \
		bash -c '"$0" walker 700 </dev/null >/dev/null; exit 3' \
		"$programs/actor"
	equal 3 $? status && within 700 9999 "$(of faults)" faults ||
		! cat shown
}

counts_everybody() {
	begins interval count --json -I 0.1 --all && act walker 300 && turn &&
		heard over && leave && ends || return
	within 300 99999 "$(of faults)" faults || ! cat shown
}

counts_in_words() {
	mmapdemo count -o shown true || return
	sed -n 2p shown |
		grep -qx 'classes and durations are not shown: the module is not loaded' &&
		equal 'minor major all command' "$(sed 1,2d shown |
			awk '{ print $2 }' | xargs)" 'rows, and the run time' &&
		sed 1,2d shown | awk '{ n[$2] = $1 } END {
			exit !(n["minor"] > 0 && n["minor"] + n["major"] == n["all"])
		}' || ! cat shown
}

# ---- trace ----

# contains PATTERN...: check that the file "shown" matches each of these
# extended regular expressions.
contains() {
	local pattern

	for pattern; do
		grep -qE -- "$pattern" shown || {
			echo "no '$pattern' in:"
			tail -n 60 shown
			return 1
		}
	done
}

traces_a_command() {
	local status=0

	head -c 12288 /dev/urandom >known.bin
	mmapdemo trace -o shown -- mmapdemo read known.bin | cmp - known.bin ||
		return
	contains '^merges, .* are not shown: the module is not loaded$' \
		'exec: VMA [0-9a-f-]+ r-xp mmapdemo @ 0x' \
		'exec: VMA [0-9a-f-]+ rw-p \[stack\]$' \
		'exec: VMA [0-9a-f-]+ r-xp \[vdso\]$' \
		'exec: done, the process now runs .*/mmapdemo' \
		'ms  mmap\(NULL, 12 KiB, r--s, known.bin @ 0\) = 7' \
		'VMA +7[0-9a-f-]+ r--s known.bin @ 0$' \
		'fault 7[0-9a-f]+  read   known.bin\+0 +by libc.*  not present, first touch .* after mmap' \
		'munmap of [0-9a-f-]+ known.bin' \
		'^[0-9]+ mmap calls took ' '^[0-9]+ faults: ' || return
	mmapdemo trace -o shown -- bash -c 'exit 3' || status=$?
	equal 3 $status status
}

# No event and no address space may be missing. Each page must have a write
# fault. The number of faults must equal the number that the kernel counts.
traces_what_the_kernel_counts() {
	local before after

	act walker 300 && asleep $actor || return
	before=$(faults_of $actor)
	begins schema trace --json -p $actor && turn && heard over &&
		asleep $actor || return
	after=$(faults_of $actor)
	ends && leave && json shown || return
	grep -q '"source":"kernel","unobserved":"the module is not loaded"' \
		shown &&
		equal $((after - before)) "$(grep -c '"event":"page_fault_' \
			shown)" faults &&
		equal 300 "$(in_pages "${words[-1]}" 300)" writes &&
		equal 0 "$(of lost)" lost || ! cat shown
}

# in_pages START COUNT: print how many of these pages had a write fault while
# they were not present.
in_pages() {
	python3 -c 'import json, sys
start, count = int(sys.argv[1], 0), int(sys.argv[2])
pages = set()
for line in open("shown"):
	event = json.loads(line)
	page = (event.get("address", 0) - start) // 4096
	if 0 <= page < count and event["error_code_names"] == ["write", "user"]:
		pages.add(page)
print(len(pages))' "$@"
}

traces_system_calls() {
	mmapdemo trace -b -o shown -- "$programs/untidy" mprotect-ping-pong ||
		return
	within 20 999 "$(grep -cE ' mprotect of [0-9a-f-]+ .*: (r--|rw-) from' \
		shown)" mprotects || ! cat shown || return
	mmapdemo trace -o shown -- dd if=/dev/zero of=/dev/null bs=64K count=1 \
		2>errors &&
		contains 'fault [0-9a-f]+  write  .* by the kernel  not' ||
		return
	mmapdemo trace -o shown -- python3 -c 'import mmap
memory = mmap.mmap(-1, 16 << 10, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.resize(256 << 20)
memory.madvise(mmap.MADV_DONTNEED)
memory[200 << 20] = 1
memory.close()' || return
	contains 'mremap\(7[0-9a-f]+, 16 KiB -> 256 MiB, maymove\) = 7' \
		'madvise of 7[0-9a-f-]+ .*: dontneed' 'brk\(NULL\): the heap ends at' \
		'brk\([0-9a-f]+\): the heap grows by' \
		'fault [0-9a-f]+  write  \[heap\]\+0x'
}

# The child has a copy of the page tables. Its first write to each page is
# therefore a protection fault.
traces_children() {
	mmapdemo trace -o shown -- bash -c '(:); :' &&
		contains 'fork: \[[0-9]+\] starts with a copy' \
			'\[[0-9]+\] fault [0-9a-f]+  write  .* protection' \
			'\[[0-9]+\] exit$' &&
		equal 2 "$(grep -c '\] exit$' shown)" exits || ! cat shown
}

leaves_nothing() {
	! compgen -G "$tracing/instances/mmapdemo-*"
}

# ---- what can't be done ----

says_what_is_missing() {
	local command

	for command in record lint; do
		refused 1 "$command: the module is not loaded; run: sudo modprobe" \
			$command true || return
	done
}

echo "TAP version 13"
check 'count counts what the kernel counts' counts_a_process
check 'count shows major faults' counts_what_is_read_from_a_disk
check 'count counts children' counts_children
check 'count counts all processes' counts_everybody
check 'count prints text' counts_in_words
check 'trace prints mappings, calls and faults' traces_a_command
check 'trace prints the faults that the kernel counts' \
	traces_what_the_kernel_counts
check 'trace prints system calls' traces_system_calls
check 'trace follows children' traces_children
check 'trace leaves nothing behind' leaves_nothing
check 'parts that need the module are reported as missing' says_what_is_missing
finish
