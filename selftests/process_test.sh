#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Commands that inspect a process. The tests check the ways to name a process,
# the messages when there is nothing to show, and where the output goes. The
# module may or may not be loaded.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_root
need_program
paranoid=/proc/sys/kernel/perf_event_paranoid
paranoid_before=$(cat $paranoid)
work=$(mktemp -d)
trap 'echo $paranoid_before >$paranoid; rm -rf "$work"' EXIT
cd "$work" || exit
chmod 755 .
cp "$(command -v mmapdemo)" .
export LC_ALL=C

# has PATTERN FILE: check that a line of FILE matches PATTERN
has() {
	grep -qE -- "$1" "$2" || {
		echo "no '$1' in:"
		cat "$2"
		return 1
	}
}

says_once_what_is_wrong() {
	local command

	for command in trace count record report diff walk why maps top lint \
		tour read write; do
		refused 2 "$command: unrecognized option '--no-such'" \
			$command --no-such || return
		mmapdemo $command --no-such 2>errors
		equal 2 "$(wc -l <errors)" "lines of $command" || return
	done
	refused 2 "trace: option '--buffer' requires an argument" trace --buffer
}

# without_device FILE: source FILE in a shell for which /dev is empty.
without_device() {
	unshare --mount sh -e -c 'mount -t tmpfs none /dev; . "$1"' sh \
		"$PWD/$1" || ! echo "$1: $?"
}

makes_no_file_of_a_device() {
	cat >script <<-'END'
	for command in read write; do
		! echo x | mmapdemo $command /dev/mmapdemo 2>errors
		grep -q "$command: the module is not loaded; run: " errors
	done
	test ! -e /dev/mmapdemo
	echo x | mmapdemo write file
	END
	without_device script && has '^x$' file
}

takes_no_file_for_a_device() {
	cat >script <<-'END'
	: >/dev/mmapdemo
	for command in probes 'count true'; do
		! mmapdemo $command 2>errors
		grep -q '/dev/mmapdemo: not a device: remove this file' errors
	done
	mmapdemo walk self >words 2>&1
	! grep 'Inappropriate' words
	END
	without_device script
}

takes_itself_for_self() {
	mmapdemo maps self >words && has ' VMAs ' words &&
		mmapdemo why --all self >words &&
		has '^process [0-9]+: [0-9]+ VMAs' words &&
		mmapdemo walk self >words && has ' map ' words &&
		mmapdemo walk --json self >words &&
		has '"start":0,"end":(281474976710656,"levels":4|72057594037927936,"levels":5)[,}]' \
			words
}

names_what_was_expected() {
	local range

	refused 2 'trace: --buffer 1: must be a number of bytes from 4K to 1T' \
		trace --buffer 1 true || return
	for range in 5000-3000 5000-5000; do
		refused 2 "walk: $range: END must be above START" walk self \
			$range || return
	done
	for range in 5000- 5000-x xyz; do
		refused 2 "walk: $range: must be an address" walk self $range ||
			return
	done
	: >empty
	refused 1 'report: empty: the file is empty' report empty &&
		cat empty | refused 1 'report: standard input is empty$' report - &&
		refused 1 'report: trace.dat: No such file or directory; make a recording with mmapdemo record' \
			report
}

# hold: start two processes, $first and $second. Both only wait.
hold() {
	coproc FIRST { exec cat; }
	first=$FIRST_PID first_input=${FIRST[1]}
	# Suppress the warning of bash about a second coprocess.
	coproc SECOND { exec cat; } 2>/dev/null
	second=$SECOND_PID second_input=${SECOND[1]}
}

release() {
	eval "exec $first_input>&- $second_input>&-"
	wait $first $second
}

observes_several_processes() {
	local options

	for options in list options; do
		hold
		if [[ $options == list ]]; then
			set -- -p $first,$second
		else
			set -- -p $first -p $second -p $first
		fi
		mmapdemo trace --json -o words.json "$@" &
		observer=$!
		until grep -qs '"schema"' words.json; do
			kill -0 $observer || return
		done
		release 2>/dev/null
		wait $observer || return
		has "\"pids\":\[$first,$second\]" words.json || return
		for process in $first $second; do
			has "process_exit\",.*\"tid\":$process," words.json ||
				return
		done
		rm words.json
	done
	misused trace -p 1,x && misused count -p 1, && misused top -p 1 -p 2
}

writes_to_standard_output() {
	mmapdemo trace -o - -- true >words && has '^[0-9]+ faults' words &&
		mmapdemo count -o - -- true >words && has ' all' words &&
		refused 2 'record: -o -: .* write to a FILE, then run mmapdemo report FILE$' \
			record -o - true &&
		equal '' "$(find . -name -)" 'a file of that name'
}

# For each address, walk must predict what the kernel does when the address is
# touched.
shows_the_next_touch() {
	local line

	coproc WALKED { exec python3 -c 'import ctypes, mmap, os, sys
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 4
fd = os.open("file", os.O_RDWR | os.O_CREAT)
os.ftruncate(fd, 100)
file = libc.mmap(None, 3 * 4096, 3, 1, fd, 0)
print("%x after-end" % (file + 4096))
print("%x fills" % file)
print("%x protected" % libc.mmap(None, 4096, 0, 0x22, -1, 0))
print("%x loads" % libc.mmap(None, 4096, 1, 0x22, -1, 0))
print("over", flush=True)
sys.stdin.read()'; }
	walked=$WALKED_PID input=${WALKED[1]}
	while read -r -u ${WALKED[0]} address word && [[ $address != over ]]; do
		mmapdemo walk --json $walked $address >words &&
			has "\"touch\":\"$word\"" words || return
		mmapdemo walk $walked $address >words || return
		case $word in
		after-end) line='after the end of the file: an access raises SIGBUS' ;;
		protected) line='PROT_NONE\): an access raises SIGSEGV' ;;
		loads) line='a load will cause a fault, which fills the entry; a store will raise SIGSEGV' ;;
		fills) line='an access will cause a fault, which fills the entry' ;;
		esac
		has "empty: .*$line$" words || return
	done
	eval "exec $input>&-"
	wait $walked
	refused 1 'walk: ffffffffff600000: an address in the vsyscall page' walk self \
		ffffffffff600000 &&
		refused 1 'walk: ffffffff81000000: a kernel address' \
			walk self ffffffff81000000 &&
		refused 1 'walk: 100000000000000: not a canonical address' \
			walk self 100000000000000
}

# A zombie has no address space.
knows_what_has_no_memory() {
	local zombie command

	coproc PARENT { exec python3 -c 'import os, sys
child = os.fork() or os._exit(0)
print(child, flush=True)
sys.stdin.read()'; }
	parent=$PARENT_PID input=${PARENT[1]}
	read -r -u ${PARENT[0]} zombie
	until grep -q '^State:.Z' /proc/$zombie/status; do
		kill -0 $parent || return
	done
	for command in maps 'why --all' walk; do
		refused 1 "${command%% *}: process $zombie has no address space" \
			$command $zombie || return
	done
	eval "exec $input>&-"
	wait $parent
	refused 1 'walk: process 4194305: No such process' walk 4194305
}

# Without the module, even root gets no events.
says_why_there_are_no_events() {
	local why='root is required'

	[[ -c /dev/mmapdemo ]] || why='the module is not loaded'
	setpriv --reuid=65534 --regid=65534 --clear-groups ./mmapdemo top \
		-b -n 1 -I 0.1 >words &&
		has "^classes, durations, and the faults of each VMA are not shown: $why$" words
}

names_the_process_of_a_thread() {
	local thread command

	coproc PARENT { exec python3 -c 'import sys, threading
def wait():
    print(threading.get_native_id(), flush=True)
    sys.stdin.read()
threading.Thread(target=wait).start()'; }
	parent=$PARENT_PID input=${PARENT[1]}
	read -r -u ${PARENT[0]} thread
	for command in trace count 'top -b'; do
		refused 1 "${command%% *}: $thread is a thread of process $parent" \
			$command -p $thread || return
	done
	eval "exec $input>&-"
	wait $parent
}

counts_for_anybody() {
	echo 2 >$paranoid
	setpriv --reuid=65534 --regid=65534 --clear-groups ./mmapdemo count \
		true 2>words &&
		has '^classes, durations and faults in kernel mode are not shown: ' \
			words && has '^ +[1-9][0-9]*  all' words || return
	echo 3 >$paranoid
	equal 3 "$(cat $paranoid)" 'what perf is allowed' &&
		! setpriv --reuid=65534 --regid=65534 --clear-groups \
			./mmapdemo count --all 2>words &&
		has 'kernel.perf_event_paranoid \(now 3\) is required; try sudo' words
}

# family: start a process with a child. When the input of the process ends, the
# child touches 1000 pages.
family() {
	coproc FAMILY { exec python3 -c 'import contextlib, mmap, os, sys
end, begin = os.pipe()
child = os.fork()
if not child:
    os.close(begin)
    os.read(end, 1)
    memory = mmap.mmap(-1, 1000 * 4096,
                       flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    with contextlib.suppress(OSError):  # Without THP, the call fails.
        memory.madvise(mmap.MADV_NOHUGEPAGE)
    for page in range(1000):
        memory[page * 4096] = 1
    os._exit(0)
print(child, flush=True)
sys.stdin.read()
os.close(begin)
os.wait()'; }
	parent=$FAMILY_PID input=${FAMILY[1]}
	read -r -u ${FAMILY[0]} child
}

# counts_a_family [COMMAND...]: start a family, and count its faults with
# mmapdemo. If there is a COMMAND, COMMAND runs mmapdemo.
counts_a_family() {
	local name faults processes

	for name in parent both child-first; do
		family
		case $name in
		parent) processes=$parent ;;
		both) processes=$parent,$child ;;
		*) processes=$child,$parent ;;
		esac
		rm -f shown
		"$@" mmapdemo count --json -I 0.1 -p "$processes" -o shown &
		until grep -qs '"event":"interval"' shown; do
			kill -0 $! || return
		done
		eval "exec $input>&-"
		wait $! $parent
		faults=$(sed -n \
			's/.*"event":"summary","faults":\([0-9]*\),.*/\1/p' shown)
		((faults >= 1000 && faults < 2000)) || {
			echo "$name: $faults faults of 1000 and some"
			return 1
		}
	done
}

without_the_device() {
	# shellcheck disable=SC2016 # the variables are the inner shell's
	counts_a_family unshare --mount \
		sh -c 'mount -t tmpfs none /dev && exec "$@"' sh
}

# The help must say that no duration includes a wait for mmap_lock.
says_what_a_duration_covers() {
	local command

	for command in count report; do
		mmapdemo $command --help | tr '\n' ' ' >words &&
			has 'waits for mmap_lock' words || return
	done
}

echo "TAP version 13"
check 'a wrong option is reported once' says_once_what_is_wrong
check 'a missing device is not created' makes_no_file_of_a_device
check 'a file is not mistaken for the device' takes_no_file_for_a_device
check 'self is the program itself' takes_itself_for_self
check 'errors name what is expected' names_what_was_expected
check 'several processes are observed' observes_several_processes
check 'output goes to standard output' writes_to_standard_output
check 'walk predicts the next touch' shows_the_next_touch
check 'a process without memory is an error' knows_what_has_no_memory
check 'an error about a thread names its process' names_the_process_of_a_thread
check 'top says why there are no events' says_why_there_are_no_events
check 'every user can count what perf allows' counts_for_anybody
check 'help says what a duration covers' says_what_a_duration_covers
check 'a child is counted exactly once' counts_a_family
check 'a child is counted exactly once, without the module' without_the_device
finish
