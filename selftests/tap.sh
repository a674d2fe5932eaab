# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2119,SC2120
#
# Functions that all shell tests use. This file is sourced, and not run. A test is
# a function that returns 0 on success. On failure, the function prints what is
# wrong:
#
#	check 'the module loads' loads
#	finish

tap_count=0 tap_failed=0
# The directory of the programs that the tests use.
programs=${OUTPUT:-$(dirname "$0")}
ko=${MMAPDEMO_KO:-}
tracing=/sys/kernel/tracing
parameters=/sys/module/mmapdemo/parameters

# skip_all REASON...: skip all tests of the file.
skip_all() {
	echo "TAP version 13"
	echo "1..0 # SKIP $*"
	exit 4
}

# skip NAME REASON...: report a test as skipped
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count $1 # SKIP ${*:2}"
}

# Open a file without a name for the output of tests, and set $tap_said to its path.
tap_output() {
	local fd file

	[[ ! ${tap_said:-} ]] || return 0
	file=$(mktemp)
	exec {fd}<>"$file"
	rm "$file"
	tap_said=/dev/fd/$fd
}

# check NAME COMMAND...: run a test, and print its output if the test fails. If
# $ONLY is set, run only tests whose name matches the pattern $ONLY. With STOP=1,
# stop after the first failure.
check() {
	local name=$1 verdict='ok' begin=$SECONDS

	# shellcheck disable=SC2053 # the right side is a pattern
	[[ ! ${ONLY:-} || $name == $ONLY ]] || return 0
	shift
	tap_count=$((tap_count + 1))
	tap_output
	if ! "$@" >"$tap_said" 2>&1; then
		verdict='not ok'
		tap_failed=$((tap_failed + 1))
		sed 's/^/# /' "$tap_said"
	fi
	echo "$verdict $tap_count $name"
	((SECONDS - begin < 10)) || echo "# $((SECONDS - begin)) s"
	[[ ! ${STOP:-} || $verdict == ok ]] || finish
}

# check_thp NAME COMMAND...: as check, but skip the test on a kernel without THP.
check_thp() {
	if [[ -e /sys/kernel/mm/transparent_hugepage ]]; then
		check "$@"
	else
		skip "$1" 'there are no huge pages'
	fi
}

finish() {
	echo "1..$tap_count"
	exit $((tap_failed > 0))
}

# equal WANTED GOT WHAT...: check that two values are equal. If the values differ,
# print both
equal() {
	[[ $1 == "$2" ]] || {
		echo "${*:3}: expected '$1', got '$2'"
		return 1
	}
}

# within LEAST MOST GOT WHAT...: check that a number is in a range. If the number
# is not in the range, print the number
within() {
	(($1 <= $3 && $3 <= $2)) || {
		echo "${*:4}: expected $1 to $2, got $3"
		return 1
	}
}

# refused STATUS WORDS COMMAND [ARGUMENT...]: check that mmapdemo COMMAND exits
# with STATUS. Its only output must be an error message that begins with the
# pattern WORDS.
refused() {
	local status=0 verdict=0 out errors

	errors=$(mktemp)
	out=$(mmapdemo "${@:3}" 2>"$errors") || status=$?
	equal "$1" $status "status of ${*:3}" &&
		equal '' "$out" "output of ${*:3}" &&
		grep -q "^mmapdemo: $2" "$errors" || verdict=1
	((!verdict)) || cat "$errors"
	rm "$errors"
	return $verdict
}

# misused COMMAND ARGUMENT...: check that mmapdemo COMMAND reports wrong usage.
misused() {
	refused 2 "$1: " "$@"
}

# ---- the kernel ----

# since VERSION: return 0 if the running kernel is VERSION or newer.
since() {
	[[ $(printf '%s\n' "$1" "$(uname -r)" | sort -V | head -n 1) == "$1" ]]
}

# ---- the module ----

loaded() {
	[[ -d /sys/module/mmapdemo ]]
}

load() {
	loaded || insmod "$ko" "$@"
}

# Probes that are no longer enabled may linger, and keep the module in use. A
# write to the parameter "linger" returns when no probe lingers.
unload() {
	! loaded || { drained && same_linger && rmmod mmapdemo; }
}

same_linger() {
	local linger

	linger=$(cat $parameters/linger) && echo "$linger" >$parameters/linger
}

need_root() {
	((EUID == 0)) || skip_all "needs root"
}

# take_module: unload the module for a test that loads the module itself.
# give_back loads the module again if it was loaded before.
take_module() {
	need_root
	[[ -r $ko ]] || skip_all "MMAPDEMO_KO does not name the module"
	was_loaded=
	! loaded || was_loaded=1
	unload || skip_all "the module is in use"
}

give_back() {
	unload
	[[ ! $was_loaded ]] || load
}

# need_tool NAME PACKAGE: skip all tests if the tool NAME is missing. The tool is
# in Debian's package PACKAGE.
need_tool() {
	command -v "$1" >/dev/null || skip_all "needs $1, Debian's package $2"
}

need_program() {
	command -v mmapdemo >/dev/null || skip_all "mmapdemo is not in PATH"
}

# Load the module. Tests that call this function must not unload the module.
need_module() {
	need_root
	loaded || [[ -r $ko ]] ||
		skip_all "the module is not loaded, and MMAPDEMO_KO names none"
	load || skip_all "the module does not load"
}

# attached: print the functions to which a probe is attached.
attached() {
	grep -E '^(do_mmap|mmap_region|handle_mm_fault) ' \
		$tracing/enabled_functions
}

# settle: detach all probes that have no users. Return when these probes are
# detached.
settle() {
	local linger

	linger=$(cat $parameters/linger) && echo 0 >$parameters/linger &&
		echo "$linger" >$parameters/linger
}

# Detach probes that linger after the previous test. Probes that were in use
# before the test stay attached, such as those of watched.sh.
! loaded || ((EUID)) || settle
attached_before=$(attached 2>/dev/null) || :

# settled: return when no kretprobe is waiting to be replaced with a direct call.
settled() {
	while mmapdemo probes | grep -q 'attached by kretprobe until'; do
		:
	done
}

# perf may release an event some time after its process was reaped. A probe that
# was in use before the test may therefore be detached during the test.
nothing_attached() {
	local try now

	for try in {1..50}; do
		! loaded || settle || return
		now=$(attached)
		[[ $now && $now != "$attached_before" ]] || return 0
		sleep .1
	done
	equal "$attached_before" "$(attached)" 'what is attached'
}

# attach_by METHOD: attach probes by METHOD from now on. No probe may be
# attached at the time of this call.
attach_by() {
	echo "$1" >$parameters/attach
}

# inside: print how many calls in progress keep the module in use. A call that a
# probe observed at its entry counts until the call returns, even if the probe is
# detached meanwhile.
inside() {
	mmapdemo probes --json | sed -n 's/.*"inside": *\([0-9]*\).*/\1/p' |
		awk '{ sum += $1 } END { print sum + 0 }'
}

# drained [COUNT]: return when no more than COUNT calls are in progress
# (default: 0).
drained() {
	until (($(inside) <= ${1:-0})); do
		:
	done
}

# enable_all 0|1: disable or enable all events, for every process.
enable_all() {
	echo "$1" >$tracing/events/mmapdemo/enable
}

# ---- the kernel log ----

log_mark=

# log_begin: make log print only lines that are logged after this call. Each
# mark ends with a fixed number of digits and a semicolon, so that no mark is a
# prefix of another mark.
log_begin() {
	log_mark="mmapdemo test $$ $EPOCHREALTIME;"
	echo "$log_mark" >/dev/kmsg
}

log() {
	dmesg --notime | sed "1,/$log_mark/d"
}

splat() {
	log | grep -E 'WARNING|BUG|Oops|stall|blocked for'
}

# ---- actors ----

# act ROLE...: start an actor, and return when it is ready. Set $actor to its
# PID. Call turn to let the actor do its next step. Then call heard to wait
# until the actor prints a line.
act() {
	coproc ACTOR { exec "$programs/actor" "$@"; }
	actor=$ACTOR_PID
	heard ready
}

turn() {
	echo >&"${ACTOR[1]}"
}

# heard LINE: return when the actor has printed LINE. Set $words to all lines
# before LINE.
heard() {
	local line

	words=()
	while read -r line <&"${ACTOR[0]}"; do
		[[ $line != "$1" ]] || return 0
		words+=("$line")
	done
	echo "actor never said $1"
	return 1
}

# leave: let the actor end, wait for it, and return its exit status.
leave() {
	local pid=$actor

	turn 2>/dev/null
	wait "$pid"
}

# asleep PID: return when the process sleeps, which it does to wait for input.
asleep() {
	until grep -q '^State:.S' "/proc/$1/status"; do
		kill -0 "$1" || return
	done
}

# faults_of PID: print the number of faults that the kernel counted for the
# process.
faults_of() {
	local words

	read -ra words <<<"$(sed 's/.*) //' "/proc/$1/stat")"
	echo $((words[7] + words[9]))
}

# ---- events as text ----

# faults_in START PAGES: read the text of a trace, and print the lines of events
# pte_fault and page_fault_user with an address in the range.
faults_in() {
	awk -v start="$1" -v pages="$2" '
		function hex(text,  n, i) {
			text = tolower(text)
			for (i = 3; i <= length(text); i++)
				n = n * 16 + index("0123456789abcdef",
						   substr(text, i, 1)) - 1
			return n
		}
		/(pte_fault|page_fault_user):/ && match($0, / address=0x[0-9a-f]+/) {
			at = hex(substr($0, RSTART + 9, RLENGTH - 9))
			at -= hex(start)
			if (at >= 0 && at < pages * 4096)
				print
		}'
}
