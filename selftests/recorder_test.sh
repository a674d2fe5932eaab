#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The recorder must cope with other runs, signals, existing files, and programs
# that outlive the command. The module is not required, but is used if it is
# loaded.
#
# Depends on: the program.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_root
need_program
need_tool unshare util-linux
need_tool flock util-linux
need_tool python3 python3
terminal=$(realpath "$(dirname "$0")/terminal.py")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit
export LC_ALL=C
# ---- helpers ----

# Print the first bytes of a trace.dat.
magic() {
	printf '\x17\x08\x44tracing6\0'
}

says() {
	grep -qE -- "$1" "$2" || {
		echo "no '$1' in:"
		tail -n 20 "$2"
		return 1
	}
}

says_not() {
	! grep -E -- "$1" "$2"
}

# begins [OPTION]...: start mmapdemo trace. Set $tracer. Return when the trace
# has written something. The FIFO go keeps a line that is written to it until
# the line is read.
begins() {
	rm -f shown go
	mkfifo go
	exec 3<>go
	mmapdemo trace -b -o shown "$@" 2>errors &
	tracer=$!
	until [[ -s shown ]]; do
		kill -0 $tracer || return
	done
}

# ends STATUS: wait for $tracer, and check its exit status
ends() {
	local status=0

	wait $tracer || status=$?
	equal "$1" $status status || ! cat errors
}

instance() {
	echo "$tracing/instances/mmapdemo-$tracer"
}

# A command that causes faults, waits for a line from the FIFO go, and then
# causes more faults.
# shellcheck disable=SC2016 # the variables are the command's
waits='for i in 1 2 3; do (:); done; read -r <go; for i in 1 2 3; do (:); done'

# ---- other runs ----

# whole_with COMMAND...: check that a run is complete even if COMMAND runs at
# the same time.
whole_with() {
	begins -- bash -c "$waits" && "$@" &&
		equal 1 "$(<"$(instance)/tracing_on")" tracing_on || return
	echo >go
	ends 0 && says_not 'missing' errors &&
		within 6 99 "$(grep -cE '\] exit(:|$)' shown)" exits
}

# Other runs recognize a live run by its lock, and not by its PID.
leaves_other_names() {
	cp "$(command -v mmapdemo)" renamed &&
		whole_with ./renamed trace -b -o other -- true &&
		says ' fault ' other
}

refused_in_a_namespace() {
	! unshare -pf --mount-proc mmapdemo trace -o other -- true 2>why &&
		says "^mmapdemo: trace: events can be recorded only in the initial PID namespace" why
}

leaves_other_namespaces() {
	whole_with refused_in_a_namespace
}

# switched_off FILE...: write 0 to each FILE of the trace instance. Check that
# the run reports that recording was switched off.
switched_off() {
	local file

	for file; do
		begins -- bash -c "$waits" && echo 0 >"$(instance)/$file" ||
			return
		echo >go
		ends 0 && says 'another program switched the recording, or an event, off' \
			errors &&
			says '^another program switched the recording, or an event, off' shown ||
			return
	done
}

# undone FILE: write 0 and then 1 to FILE of the trace instance. Check that the
# run reports the writes.
undone() {
	local file=$1

	begins -- bash -c "$waits" && echo 0 >"$(instance)/$file" &&
		echo 1 >"$(instance)/$file" || return
	echo >go
	ends 0 && says 'another program read events of this recording, or wrote' errors &&
		says '^another program read events of this recording, or wrote' shown
}

says_what_was_undone() {
	local event=exceptions/page_fault_user

	! loaded || event=mmapdemo/pte_faults
	undone tracing_on && undone events/$event/enable &&
		undone "events/${event%/*}/enable" || return
	begins -- bash -c "$waits" && : >"$(instance)/trace" || return
	echo >go
	ends 0 && says 'another program read events of this recording, or wrote' errors
}

says_what_disturbed() {
	if loaded; then
		switched_off tracing_on events/mmapdemo/pte_faults/enable \
			events/tlb/tlb_flush/enable
	else
		switched_off tracing_on events/exceptions/page_fault_user/enable
	fi
}

# ---- signals ----

# nothing_stays_after SIGNAL: send SIGNAL to the tracer. Check that the command
# continues, and that the trace instance is removed.
nothing_stays_after() {
	local folder

	begins -- bash -c "$waits" || return
	folder=$(instance)
	kill -"$1" $tracer
	# The tracer forwards SIGQUIT to the command, which ignores SIGQUIT.
	[[ $1 != QUIT ]] || echo >go
	wait $tracer 2>/dev/null
	while [[ -d $folder ]]; do
		:
	done
	[[ $1 == QUIT ]] || echo >go
}

leaves_nothing() {
	local signal

	for signal in QUIT KILL SEGV; do
		nothing_stays_after $signal || return
	done
}

# A run that is suspended during its start holds a lock. A second run waits for
# the lock. The second run must end when it gets a signal.
ends_while_it_waits() {
	local status=0 waiting

	exec 5<"$tracing/instances" && flock 5 || return
	mmapdemo trace -o story -- true 2>errors 5<&- &
	waiting=$!
	until compgen -G "/proc/$waiting/fd/*" >/dev/null &&
		readlink /proc/$waiting/fd/* | grep -q /instances; do
		kill -0 $waiting || return
	done
	kill -TERM $waiting
	wait $waiting || status=$?
	exec 5<&-
	equal 143 $status status && says 'which may be suspended' errors &&
		equal '' "$(compgen -G '.mmapdemo-*')" leftovers
}

# on_terminal COMMAND...: run COMMAND in terminal.py. The script for terminal.py
# is read from stdin.
on_terminal() {
	TERM=xterm python3 "$terminal" 24 80 "$@"
}

# terminal.py starts COMMAND in a separate session, as a terminal emulator does.
restores_the_terminal() {
	on_terminal mmapdemo top <<-'END' || return
		shows 1 ^mmapdemo top
		types \x1c
		ends 0
	END
	# The background job waits until top has changed the settings of the
	# terminal. Then the job kills top.
	# shellcheck disable=SC2016
	on_terminal bash -c '
		until stty -a | grep -q -- " -echo "; do
			:
		done </dev/tty && kill -SEGV $$ &
		exec mmapdemo top' <<<'ends -11'
}

# A background job of a shell ignores signals from the terminal. A SIGINT that
# another process sends must still end the trace.
hears_who_sends() {
	act walker 3 && begins -p $actor && kill -INT $tracer && ends 0 &&
		turn && heard over && leave
}

# ---- what outlives the command ----

# shellcheck disable=SC2016
daemon='(read -r <go; head -c 4M /dev/zero | tail -c 1 >/dev/null) & exit 3'

says_who_went_on() {
	begins -- bash -c "$daemon" && ends 3 || return
	echo >go
	says '1 process is still running: .*; use --follow to wait for it' errors &&
		says '^1 process is still running: .*; use --follow to wait for it$' shown ||
		return
	begins --json -- bash -c "$daemon" && ends 3 || return
	echo >go
	says '"event":"summary",.*"gaps":\["1 process is still running: [^"]*"\]}$' shown
}

follows_to_the_end() {
	begins --follow -- bash -c "$daemon" || return
	until grep -qE '\] exit(:|$)' shown; do
		kill -0 $tracer || return
	done
	echo >go
	ends 3 && says_not . errors && within 4 99 \
		"$(grep -cE '\] exit(:|$)' shown)" exits
}

# followed_with SOFT HARD: trace the idle process $idle with these two limits on
# open files.
followed_with() {
	(
		ulimit -Sn "$1" && ulimit -Hn "$2" && begins -p $idle &&
			kill -INT $tracer && ends 0
	)
}

# counted_with SOFT HARD: count the faults of $idle with these two limits on
# open files.
counted_with() {
	local counter

	rm -f counted
	(
		ulimit -Sn "$1" && ulimit -Hn "$2" &&
			exec mmapdemo count -I 0.1 -o counted -p $idle
	) &
	counter=$!
	until [[ -s counted ]]; do
		kill -0 $counter || return
	done
	kill -INT $counter
	wait $counter
}

says_who_is_not_followed() {
	local verdict=0 idle

	mkfifo in
	python3 -c 'import threading
for i in range(60):
	threading.Thread(target=input).start()
print("ready", flush=True)' <in >ready &
	idle=$!
	exec 4>in
	until grep -qs ready ready; do
		:
	done
	followed_with 40 60 && { loaded ||
		says 'perf could not follow [0-9]+ threads' errors; } &&
		followed_with 40 4096 && says_not . errors &&
		counted_with 40 4096 || verdict=1
	exec 4>&-
	kill $idle
	wait $idle
	return $verdict
}

# ---- files ----

keeps_what_was_there() {
	echo old >story && refused 127 'trace: ' trace -o story -- ./none &&
		equal old "$(<story)" story && equal '' \
		"$(compgen -G '.mmapdemo-*')" leftovers
}

is_for_its_owner() {
	echo old >story && chmod 666 story && chown nobody story &&
		mmapdemo trace -o story -- true &&
		equal '600 root' "$(stat -c '%a %U' story)" 'mode and owner' &&
		SUDO_UID=65534 SUDO_GID=65534 mmapdemo trace -o story true &&
		equal '600 65534 65534' "$(stat -c '%a %u %g' story)" \
			'mode and owner'
}

follows_no_trap() {
	mkdir -m 1777 open && echo old >precious &&
		ln -s ../precious open/link && chown -h nobody open/link &&
		mkfifo open/pipe && chown nobody open/pipe &&
		refused 1 "trace: open/link: refusing to follow a link or FIFO of another user" \
			trace -o open/link true &&
		refused 1 "count: open/link: refusing to follow a link or FIFO of another user" \
			count -o open/link true &&
		refused 1 "trace: open/pipe: refusing to follow a link or FIFO of another user" \
			trace -o open/pipe true &&
		equal old "$(<precious)" precious &&
		ln -s precious link && mmapdemo trace -o link true &&
		[[ -L link ]] && says ' fault ' precious
}

# The observed command must not inherit the output file, because the command
# could write to it.
keeps_its_files() {
	mmapdemo trace -o story -- sh -c \
		'readlink /proc/self/fd/* >files; grep -q /files files' &&
		! grep story files
}

writes_to_what_is_no_file() {
	local status=0

	mkfifo pipe && { cat <pipe >piped & } &&
		mmapdemo trace -o pipe true && wait $! && says ' fault' piped &&
		[[ -p pipe ]] && mmapdemo trace -o /dev/stdout true |
		cat >piped && says ' fault' piped &&
		mmapdemo trace -o /dev/stdout true >piped &&
		[[ -L /dev/stdout ]] && says ' fault' piped || return
	mmapdemo trace -o /dev/full true 2>errors || status=$?
	equal 1 $status status && [[ -c /dev/full ]] &&
		refused 1 'trace: \.: Is a directory' trace -o . true
}

# A file that is a mount point, as in a container, can't be replaced. The run
# must report the mount point before the command starts.
says_what_is_mounted() {
	local verdict=0

	echo old >under && echo old >mounted && mount --bind under mounted ||
		return
	refused 1 'trace: mounted: a mount point' \
		trace -o mounted touch ran &&
		mmapdemo count -o mounted true && ! grep old under || verdict=1
	umount mounted
	((!verdict)) && [[ ! -e ran ]] && equal old "$(<mounted)" mounted
}

writes_to_what_lost_its_name() {
	exec 6<>nameless && rm nameless &&
		mmapdemo trace -o /dev/fd/6 true 2>errors || ! cat errors ||
		return
	says ' fault' /dev/fd/6 && equal '' "$(compgen -G '*deleted*')" files
	exec 6<&-
}

overwrites_no_recording() {
	magic >precious.dat && cp precious.dat same.dat &&
		refused 1 'report: precious.dat: refusing to overwrite a recording; choose another output file' \
			report --html precious.dat &&
		refused 1 'report: precious.dat: refusing to overwrite a recording; choose another output file' \
			report --html=precious.dat precious.dat &&
		refused 1 'trace: precious.dat: refusing to overwrite a recording; choose another output file' \
			trace -o precious.dat true &&
		refused 1 'count: precious.dat: refusing to overwrite a recording; choose another output file' \
			count -o precious.dat true &&
		cmp precious.dat same.dat && echo notes >notes &&
		refused 1 'report: notes: refusing to overwrite' report --html notes &&
		equal notes "$(<notes)" notes
}

echo "TAP version 13"
check 'a run in another PID namespace is left alone' leaves_other_namespaces
check 'a run under another program name is left alone' leaves_other_names
check 'trace reports that another program switched recording off' \
	says_what_disturbed
check 'trace reports that another program switched recording off and on' \
	says_what_was_undone
check 'a run that is killed leaves nothing' leaves_nothing
check 'a run that waits for another one can be interrupted' ends_while_it_waits
check 'the terminal is restored' restores_the_terminal
check 'a SIGINT from another process ends a background run' hears_who_sends
check 'processes that outlive the command are counted' says_who_went_on
check 'processes that outlive the command are followed' follows_to_the_end
check 'threads that perf cannot follow are counted' says_who_is_not_followed
check 'a command that does not start leaves the previous file' \
	keeps_what_was_there
check 'a file is for its owner only' is_for_its_owner
check 'a link in a world-writable directory is not followed' follows_no_trap
check 'the command inherits none of our files' keeps_its_files
check 'pipes and devices are written to' writes_to_what_is_no_file
check 'a file that is a mount point is refused' says_what_is_mounted
check 'an unlinked file is written to' writes_to_what_lost_its_name
check 'no recording is overwritten' overwrites_no_recording
finish
