#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The file that mmapdemo record writes must be complete. Other programs must be
# able to open the file.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_tool trace-cmd trace-cmd
need_program
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit

PAGES=257

# about FILE: print the metadata of a recording.
about() {
	grep -ao '{"schema":"mmapdemo-recording",.*}' "$1"
}

# says PATTERN TEXT: check that TEXT matches an extended regular expression
# PATTERN.
says() {
	grep -qE -- "$1" <<<"$2" || {
		echo "no '$1' in: $2"
		return 1
	}
}

nothing_stays() {
	! compgen -G "$tracing/instances/mmapdemo-*" &&
		nothing_attached && ! compgen -G ".mmapdemo-*"
}

trace_cmd_opens_it() {
	local start faults

	mmapdemo record --single-faults -o walker.dat -- "$programs/actor" walker $PAGES \
		</dev/null >said || return
	start=$(grep ^0x said)
	trace-cmd report walker.dat >report.txt 2>errors.txt || return
	equal '' "$(<errors.txt)" 'complaints of trace-cmd' || return
	faults=$(grep pte_fault: report.txt | faults_in "$start" $PAGES)
	equal $PAGES "$(wc -l <<<"$faults")" faults &&
		equal 0 "$(grep -c page_fault_user: report.txt)" exceptions &&
		equal $PAGES "$(grep -c ' access=write from=user class=anon ' \
			<<<"$faults")" 'faults of class anon' &&
		grep -q 'sched_process_exec:' report.txt
}

# trace-cmd must show the number of faults in each event. A report leaves out faults of
# the child before its exec.
trace_cmd_opens_batches() {
	local faults

	mmapdemo record -o batches.dat -- "$programs/actor" walker $PAGES \
		</dev/null >said || return
	trace-cmd report batches.dat >report.txt 2>errors.txt || return
	equal '' "$(<errors.txt)" 'complaints of trace-cmd' &&
		equal 0 "$(grep -c ' pte_fault: ' report.txt)" 'single faults' &&
		mmapdemo report --faults --json batches.dat >faults.json || return
	faults=$(sed -n 's/.* pte_faults: *count=\([0-9]*\) .*/\1/p' report.txt |
		awk '{ sum += $1 } END { print sum }')
	within $PAGES "$faults" "$(grep -c '"event":"pte_fault"' faults.json)" faults
}

# trace-cmd must find as many events as the kernel counted while its buffers
# were read.
holds_every_event() {
	local read

	# shellcheck disable=SC2016 # the variables are the command's
	mmapdemo record -o fork.dat -- bash -c \
		'for i in 1 2 3 4 5 6; do (:) & cat "$0" >/dev/null; done; wait' \
		/etc/passwd || return
	read=$(trace-cmd report --stat fork.dat | awk '
		/^read events: / { sum += $3 } END { print sum }')
	within 500 999999 "$read" events &&
		equal "$read" "$(trace-cmd report fork.dat |
			grep -c '\] .* [a-z_]*: ')" events &&
		says '"lost":\[0(,0)*\],"missed":0,"gaps":\[\]}' "$(about fork.dat)"
}

says_what_it_is_about() {
	local release

	release=$(uname -r | sed 's/[+.]/\\&/g')
	mmapdemo record -o about.dat -- cat /etc/passwd >/dev/null || return
	says '"version":1,.*"command":\["cat","/etc/passwd"\]' \
		"$(about about.dat)" &&
		says "\"kernel\":\"$release\"" "$(about about.dat)" &&
		says '"levels":[45],' "$(about about.dat)" &&
		says "\"max_map_count\":$(</proc/sys/vm/max_map_count)," \
			"$(about about.dat)" &&
		says '"function":"handle_mm_fault","events":\["pte_fault"' \
			"$(about about.dat)" &&
		says '"hidden":true,"maps":\[\]' "$(about about.dat)" &&
		says "$release" "$(trace-cmd report --uname about.dat)"
}

# setting FILE: print the selected word, or the number, in a file below
# transparent_hugepage.
setting() {
	sed 's/.*\[\(.*\)\].*/\1/' "/sys/kernel/mm/transparent_hugepage/$1"
}

# The settings must be those of the machine, word for word.
keeps_the_settings() {
	local thp=/sys/kernel/mm/transparent_hugepage name value

	mmapdemo record -o settings.dat -- true >/dev/null &&
		about settings.dat >settings.json || return
	says "\"machine\":{\"node\":\"$(uname -n)\",\"date\":\"$(date +%Y)" \
		"$(<settings.json)" &&
		says "\"cpus\":$(nproc --all)," "$(<settings.json)" || return
	[[ -d $thp ]] || return 0
	for name in enabled defrag shmem_enabled khugepaged/{max_ptes_{none,swap,shared},defrag} \
		khugepaged/{pages_to_scan,scan_sleep_millisecs}; do
		value=$(setting $name)
		[[ $value != *[!0-9]* ]] || value="\"$value\""
		says "\"$name\":${value//+/\\+}[,}]" "$(<settings.json)" || return
	done
	for name in "$thp"/hugepages-*kB/{,shmem_}enabled; do
		[[ ! -e $name ]] || says "\"${name#"$thp/"}\":\"$(setting "${name#"$thp/"}")\"" \
			"$(<settings.json)" || return
	done
	says "\"page_bytes\":2097152,\"pages\":$(</sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages)," \
		"$(<settings.json)"
}

# The process must continue only after the recording has begun. The recording
# must end when the process exits.
follows_a_running_process() {
	local pid recorder status

	mkfifo go
	# shellcheck disable=SC2016
	bash -c 'read -r <go; exec 3<"$0"; cat <&3 >/dev/null; :' \
		/etc/passwd &
	pid=$!
	mmapdemo record -p $pid -o pid.dat &
	recorder=$!
	until grep -qsx $pid \
		$tracing/instances/mmapdemo-$recorder/set_event_pid &&
		grep -qsx 1 $tracing/instances/mmapdemo-$recorder/tracing_on
	do
		kill -0 $recorder || return
	done
	echo >go
	wait $recorder
	status=$?
	equal 0 $status status &&
		says "\"pid\":$pid," "$(about pid.dat)" &&
		says "\"tid\":$pid,\"hidden\":false,.*\"name\":\"bash\"" \
			"$(about pid.dat)" || return
	trace-cmd report pid.dat | grep -q ' pte_faults: '
}

# record must print "recording process PID" only after the recording has begun.
reports_that_it_began() {
	local idle two status=0

	sleep 1000 &
	idle=$!
	sleep 1000 &
	two=$!
	mmapdemo record -o began.dat -p $idle 2>began.txt &
	recorder=$!
	until grep -qs "^mmapdemo: record: recording process $idle; press Ctrl-C to stop$" \
		began.txt
	do
		kill -0 $recorder || { status=1; break; }
	done
	grep -qsx 1 $tracing/instances/mmapdemo-$recorder/tracing_on || status=1
	kill -INT $recorder
	wait $recorder || status=1
	mmapdemo record -o began.dat -p $idle,$two 2>began.txt &
	recorder=$!
	until grep -qs ': recording 2 processes; press Ctrl-C' began.txt; do
		kill -0 $recorder || { status=1; break; }
	done
	kill -INT $recorder
	wait $recorder || status=1
	begins_record began.dat -p $idle 2>began.txt && kill -INT $recorder &&
		wait $recorder || status=1
	kill $idle $two
	equal '' "$(<began.txt)" 'output of --quiet' && return $status
}

ends_as_the_command_does() {
	local status

	for status in 0 3 255; do
		mmapdemo record -o end.dat -- bash -c "exit $status"
		equal $status $? status || return
	done
	# shellcheck disable=SC2016
	(mmapdemo record -o end.dat -- bash -c 'kill -TERM $$') 2>errors.txt
	equal 143 $? status &&
		grep -qx 'mmapdemo: record: bash was killed by SIGTERM' errors.txt || return
	mmapdemo record -o end.dat no-such-command 2>errors.txt
	equal 127 $? status &&
		says 'record: no-such-command: No such file' "$(<errors.txt)"
}

# The command stops the reader of the events for a moment.
shows_what_is_lost() {
	# shellcheck disable=SC2016
	mmapdemo record --buffer 4K -o lost.dat -- \
		bash -c '
			kill -STOP $PPID
			for i in 1 2 3 4 5; do (:); done
			kill -CONT $PPID' 2>errors.txt &&
		says 'record: [0-9]+ events were lost; enlarge' "$(<errors.txt)" &&
		says '"lost":\[(0,)*[1-9]' "$(about lost.dat)" &&
		trace-cmd report lost.dat | grep -q ' do_mmap: '
}

# The process maps code more often than perf's ring buffer has room for records.
reports_lost_mappings() {
	mmapdemo record -q -o lost.dat -- python3 -c 'import mmap, os, signal
code = os.open("/proc/self/exe", os.O_RDONLY)
os.kill(os.getppid(), signal.SIGSTOP)
for i in range(10000):
	mmap.mmap(code, 4096, prot=mmap.PROT_READ | mmap.PROT_EXEC).close()
os.kill(os.getppid(), signal.SIGCONT)' 2>errors.txt &&
		says 'perf lost [0-9]+ mapping records, ' "$(<errors.txt)" &&
		mmapdemo report lost.dat >report.txt &&
		says '^perf lost [0-9]+ mapping records' "$(<report.txt)"
}

reports_a_full_disk() {
	mmapdemo record -o /dev/full true 2>errors.txt
	equal 1 $? status &&
		says 'record: /dev/full: No space left' "$(<errors.txt)"
}

# A fault that no VMA allows never reaches handle_mm_fault(). The event fault_signal shows
# the fault.
says_what_killed() {
	local status=0

	mmapdemo trace -o words.txt -- python3 -c \
		'import ctypes; ctypes.string_at(16)' || status=$?
	equal 139 $status status &&
		grep -q 'fault 000000000010  read .* not present: SIGSEGV$' \
			words.txt &&
		grep -q 'SIGSEGV: the address is not mapped, .*, the process is kill' \
			words.txt || ! tail words.txt || return
	mmapdemo record -q -o bad.dat -- python3 -c \
		'import ctypes; ctypes.string_at(16)'
	equal 139 $? status &&
		says '"unhandled":1,"signals":1,' \
			"$(mmapdemo report --json bad.dat)" &&
		says ' 1 more fault never reached handle_mm_fault\(\); 1 signal \(SIGSEGV' \
			"$(mmapdemo report bad.dat)"
}

# The module has no event for these calls: an madvise() that changes no VMA, and
# an mprotect() and an mmap() that fail.
shows_calls_of_no_event() {
	mmapdemo trace -o words.txt -- python3 -c 'import ctypes, mmap
memory = mmap.mmap(-1, 1 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.madvise(mmap.MADV_DONTNEED)
libc = ctypes.CDLL(None)
libc.mprotect(ctypes.c_void_p(0x10000000), 4096, 1)
libc.mmap(None, 4096, 1, 1, 99, 0)' || return
	for line in 'madvise of 7[0-9a-f-]* anonymous memory: dontneed' \
		'mprotect of 10000000-10001000: r-- = ENOMEM' \
		'mmap(NULL, 4 KiB, r--s, fd 99 @ 0) = EBADF'; do
		equal 1 "$(grep -c "$line" words.txt)" "$line" ||
			! tail -n 30 words.txt || return
	done
	mmapdemo record -q -o calls.dat -- python3 -c 'import mmap
memory = mmap.mmap(-1, 1 << 20, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
memory.madvise(mmap.MADV_DONTNEED)' || return
	says '"madvise":\{"count":[1-9][0-9]*,"failed":0,"errors":\{\},"untimed":0,"ns":[1-9]' \
		"$(mmapdemo report --json calls.dat)" &&
		says '^ +[1-9][0-9]* +0 +[0-9.]+ [^ ]*s +[0-9.]+ [^ ]*s  madvise$' \
			"$(mmapdemo report calls.dat)"
}

# on_disk BYTES: record a walker to a disk of this size.
on_disk() {
	local status=0

	mkdir -p disk && mount -t tmpfs -o size="$1" none disk || return
	mmapdemo record -o disk/full.dat -- "$programs/actor" walker 30000 \
		</dev/null >/dev/null 2>errors.txt || status=$?
	mv disk/full.dat . 2>/dev/null
	equal '' "$(ls -A disk)" 'what is left on the disk'
	umount disk
	return $status
}

# record first spools the pages to one file, and then moves them to another file.
needs_space_once() {
	mmapdemo record -o walker30.dat -- "$programs/actor" walker 30000 \
		</dev/null >/dev/null || return
	bytes=$(stat -c %s walker30.dat)
	within 2000000 99999999 $bytes bytes &&
		on_disk $((bytes * 3 / 2 + (3 << 19))) &&
		mmapdemo report full.dat >report.txt &&
		grep -qx 'nothing was lost' report.txt
}

keeps_what_fits() {
	on_disk $((bytes / 2 + (1 << 20)))
	equal 1 $? status &&
		says 'record: cannot write more events: No space left on device; later events are missing' \
			"$(<errors.txt)" &&
		mmapdemo report full.dat >report.txt &&
		says 'No space left on device; later events' "$(<report.txt)" &&
		says 'event.* lost: counts and total times' "$(<report.txt)" &&
		says '^[0-9]{4,} faults' "$(<report.txt)"
}

# The metadata list 30,000 mappings, and take more space than the pages.
keeps_what_was_mapped() {
	local idle status=0

	rm -f in ready && mkfifo in && mkdir -p disk &&
		mount -t tmpfs -o size=9m none disk || return
	python3 -c 'import mmap, sys
def new(i):
	return mmap.mmap(-1, 4096, prot=1 + i % 2 * 2,
		flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
kept = [new(i) for i in range(30000)]
print("ready", flush=True)
sys.stdin.readline()
for i in range(60000):
	kept[i % 30000].close()
	kept[i % 30000] = new(i)' <in >ready 2>&1 &
	idle=$!
	exec 4>in
	until grep -qs ready ready; do
		kill -0 $idle || return
	done
	begins_record disk/full.dat -p $idle 2>errors.txt || return
	echo >&4
	exec 4>&-
	wait $recorder || status=$?
	kill $idle
	wait $idle
	mv disk/full.dat . 2>/dev/null
	equal '' "$(ls -A disk)" 'what is left on the disk'
	umount disk
	equal 1 $status status &&
		says 'record: cannot write more events: No space left on device; later events' \
			"$(<errors.txt)" && within 2000000 99999999 \
			"$(about full.dat | wc -c)" 'bytes of mappings' &&
		mmapdemo report full.dat >report.txt &&
		says 'No space left on device; later events' "$(<report.txt)"
}

# record spools to $TMPDIR, because /dev has no room for the pages.
writes_to_a_pipe() {
	mkdir -p spool && TMPDIR=$work/spool \
		mmapdemo record -q -o /dev/stdout true | cat >piped.dat &&
		mmapdemo report piped.dat >report.txt &&
		grep -qx 'nothing was lost' report.txt &&
		mmapdemo record -q -o /dev/fd/7 true 7>&1 | cat >piped.dat &&
		mmapdemo report piped.dat >/dev/null || return
	TMPDIR=/none mmapdemo record -q -o /dev/null true 2>errors.txt
	equal 1 $? status && says 'record: cannot create a temporary file in /none/: No such' \
		"$(<errors.txt)"
}

# Wait until the recorder is in system call 257, openat(2), which waits for a
# reader of the FIFO. The recorder has created nothing yet.
ends_while_nobody_reads() {
	local status=0

	mkfifo unread || return
	mmapdemo record -q -o unread true 2>errors.txt &
	recorder=$!
	until grep -qs '^257 ' /proc/$recorder/syscall; do
		kill -0 $recorder || return
	done
	kill -TERM $recorder
	wait $recorder || status=$?
	equal 143 $status status
}

is_for_its_owner_only() {
	equal 600 "$(stat -c %a walker.dat)" mode || return
	: >readable.dat && chmod 666 readable.dat &&
		mmapdemo record -q -o readable.dat true &&
		equal 600 "$(stat -c %a readable.dat)" mode
}

keeps_the_file_before() {
	local was

	cp walker.dat twice.dat && was=$(cksum <twice.dat) || return
	mmapdemo record -o twice.dat -- ./no-such-command 2>errors.txt
	equal 127 $? status && equal "$was" "$(cksum <twice.dat)" file &&
		mmapdemo record -q -o twice.dat true &&
		equal "$was" "$(cksum <twice.dat.old)" 'file before' &&
		mmapdemo report twice.dat >/dev/null
}

leaves_what_has_no_name() {
	local name

	mkdir -p named.dat.old/full && cp walker.dat named.dat || return
	mmapdemo record -o named.dat true 2>errors.txt
	equal 1 $? status && cmp walker.dat named.dat || return
	name=$(sed -n 's/.*: named.dat: .*; the recording is in \(.*\)/\1/p' errors.txt)
	mmapdemo report "$name" >/dev/null && rm "$name"
}

# The names of tasks are in the list saved_cmdlines. A change of the size of
# saved_cmdlines clears the list. Then no task has a name, as before the first
# trace.
needs_no_names() {
	local size

	size=$(<$tracing/saved_cmdlines_size)
	echo $((size * 2)) >$tracing/saved_cmdlines_size &&
		mmapdemo record -q -o names.dat true
	local status=$?
	echo "$size" >$tracing/saved_cmdlines_size
	equal 0 $status status && mmapdemo report names.dat >/dev/null
}

# begins_record FILE OPTION...: start a recording in the background. Set
# $recorder.
begins_record() {
	mmapdemo record -q -o "$@" 4>&- &
	recorder=$!
	until grep -qsx 1 \
		$tracing/instances/mmapdemo-$recorder/tracing_on
	do
		kill -0 $recorder || return
	done
}

keeps_an_address_space_once() {
	local idle text

	mkfifo in
	python3 -c 'import sys, threading
go = threading.Event()
for i in range(40):
	threading.Thread(target=go.wait).start()
print("ready", flush=True)
sys.stdin.readline()
go.set()' <in >ready &
	idle=$!
	exec 4>in
	until grep -qs ready ready; do
		:
	done
	begins_record threads.dat -p $idle && kill -INT $recorder &&
		wait $recorder || return
	echo >&4
	exec 4>&-
	wait $idle
	text=$(about threads.dat)
	equal 1 "$(grep -o '"maps":' <<<"$text" | wc -l)" 'address spaces' &&
		equal 40 "$(grep -o "\"with\":$idle}" <<<"$text" | wc -l)" \
			threads || return
	mmapdemo report threads.dat >/dev/null
}

# A process with 3000 VMAs is recorded while it does nothing.
counts_what_was_mapped_before() {
	local idle vmas most

	rm -f in ready && mkfifo in || return
	python3 -c 'import mmap, sys
kept = [mmap.mmap(-1, 4096, prot=1 + i % 2 * 2,
	flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) for i in range(3000)]
print("ready", flush=True)
sys.stdin.readline()' <in >ready &
	idle=$!
	exec 4>in
	until grep -qs ready ready; do
		kill -0 $idle || return
	done
	begins_record idle.dat -p $idle
	vmas=$(grep -vc '\[vsyscall\]$' /proc/$idle/maps)
	kill -INT $recorder && wait $recorder || return
	echo >&4
	exec 4>&-
	wait $idle
	most=$(mmapdemo report --json idle.dat |
		sed -nE 's/.*"vmas_most":([0-9]+),.*/\1/p')
	equal "$vmas" "$most" VMAs && ((vmas > 3000)) &&
		mmapdemo report --by maker idle.dat >makers.txt &&
		grep -qE "^ +$vmas +0  made before the recording\$" makers.txt ||
		! cat makers.txt
}

# The program is on a file system that is mounted only in the program's own
# mount namespace.
finds_files_elsewhere() {
	local idle

	mkdir elsewhere && rm -f in && mkfifo in || return
	unshare -m bash -c '
		mount -t tmpfs none elsewhere && cp /bin/cat elsewhere &&
		exec elsewhere/cat in' &
	idle=$!
	exec 4>in
	until [[ $(readlink /proc/$idle/exe) == */elsewhere/cat ]]; do
		kill -0 $idle || return
	done
	begins_record elsewhere.dat -p $idle
	kill -INT $recorder
	wait $recorder || return
	exec 4>&-
	wait $idle
	says '"path":"[^"]*/elsewhere/cat","build_id":"[0-9a-f]{40}"' \
		"$(about elsewhere.dat)"
}

# shellcheck disable=SC2016
says_who_went_on() {
	rm -f in && mkfifo in && exec 4<>in &&
		mmapdemo record -o daemon.dat -- bash -c 'read -r <in &' \
			2>errors.txt || return
	echo >in
	exec 4>&-
	says '1 process is still running' "$(<errors.txt)" &&
		mmapdemo report daemon.dat >report.txt &&
		says '^1 process is still running: ' "$(<report.txt)" &&
		! grep 'nothing was lost' report.txt
}

# The thread of the first process is newer than the second process.
# shellcheck disable=SC2016
counts_who_went_on() {
	rm -f in ready && mkfifo in ready && exec 4<>in 5<>ready || return
	mmapdemo record -q -o daemons.dat -- bash -c \
		'python3 -c "$0" 4<&- & read -r <ready' 'import os, threading
pipe = os.open("in", os.O_RDONLY)
def wait():
	os.read(pipe, 1)
if os.fork():
	threading.Thread(target=wait).start()
	open("ready", "w").write("\n")
wait()' 2>errors.txt
	exec 4>&- 5>&-
	says '2 processes are still running' "$(<errors.txt)"
}

echo "TAP version 13"
check 'trace-cmd opens a recording' trace_cmd_opens_it
check 'trace-cmd opens a recording with batches' trace_cmd_opens_batches
check 'a recording holds every event' holds_every_event
check 'a recording contains its metadata' says_what_it_is_about
check 'a recording contains the machine and its settings' keeps_the_settings
check 'a running process is recorded' follows_a_running_process
check 'record reports that it began' reports_that_it_began
check 'record ends as the command does' ends_as_the_command_does
check 'record reports losses' shows_what_is_lost
if since 6.0; then
	check 'record reports lost mappings' reports_lost_mappings
else
	skip 'record reports lost mappings' \
		'before 6.0 perf may not count lost mappings'
fi
check 'record reports a full disk' reports_a_full_disk
check 'a recording says what killed a command' says_what_killed
check 'trace prints calls that have no event' shows_calls_of_no_event
check 'a recording needs its disk space only once' needs_space_once
check 'a full disk keeps what was recorded' keeps_what_fits
check 'a full disk keeps the mappings' keeps_what_was_mapped
check 'a recording goes into a pipe' writes_to_a_pipe
check 'a recording into a pipe without a reader can be interrupted' ends_while_nobody_reads
check 'a recording is for its owner only' is_for_its_owner_only
check 'the previous recording is kept' keeps_the_file_before
check 'a recording that cannot be renamed is kept' leaves_what_has_no_name
check 'a recording needs no names of tasks' needs_no_names
check 'a recording has each address space once' keeps_an_address_space_once
check 'VMAs from before a recording are counted' counts_what_was_mapped_before
check 'build ids are found in another mount namespace' finds_files_elsewhere
check 'a recording names processes that continued' says_who_went_on
check 'a recording counts processes that continued, not threads' counts_who_went_on
check 'nothing is left over' nothing_stays
finish
