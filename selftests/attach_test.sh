#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Methods to attach probes to functions. Each method must produce the same
# events, even while another trace instance has all events enabled. Stacks must
# be unwound correctly through our probes. Other tracers on the same functions
# must keep working.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
others=$tracing/instances/others
# Tests that must also pass while another trace instance has all events enabled.
# Without SOAK=1, only the first of these tests runs, because all these tests
# together take minutes.
alike=fault_class_test
[[ ! ${SOAK:-} ]] || alike+=" vma_merge_test mmap_events_test mm_events_test
	fault_uffd_test count_test books_test"

# passes TEST: run a test of this directory, as a separate process.
passes() {
	"$programs/$1" >"$work/said" 2>&1
	case $? in
	0 | 4) return 0 ;;
	esac
	grep -v '^ok' "$work/said"
	return 1
}

# all_by METHOD: enable all events, with probes attached by METHOD.
all_by() {
	attach_by "$1" && enable_all 1
}

back() {
	enable_all 0 && attach_by auto
}

# Enable all events of every process, in another trace instance.
others_trace() {
	mkdir $others &&
		echo 1 >$others/events/mmapdemo/enable
}

others_leave() {
	echo 0 >$others/events/mmapdemo/enable
	rmdir $others
}

same_events_by() {
	local test status=0

	attach_by "$1" || return
	for test in events_test fault_uffd_test; do
		passes $test || status=1
	done
	others_trace || return
	for test in $alike; do
		passes $test || status=1
	done
	others_leave && attach_by auto && return $status
}

# ---- stacks ----

# in_order TEXT WORD...: check that TEXT contains the words in this order.
in_order() {
	local rest=$1 word

	for word in "${@:2}"; do
		[[ $rest == *"$word"* ]] || {
			printf 'no %s at its place in this stack:\n%s\n' "$word" "$1"
			return 1
		}
		rest=${rest#*"$word"}
	done
}

# Print the kernel stack of the sleeper's thread, from handle_userfault on.
sleepers_stack() {
	local stack=''

	until [[ $stack == *handle_userfault* ]]; do
		stack=$(cat /proc/$actor/task/*/stack)
	done
	grep -A99 handle_userfault <<<"$stack"
}

live_stack() {
	local stack status=0

	all_by "$1" && act sleeper || return
	stack=$(sleepers_stack)
	in_order "$stack" handle_userfault handle_mm_fault $2 \
		asm_exc_page_fault || status=1
	turn
	heard awake && leave && back && return $status
}

# perf must unwind the stack from the allocation of a page up to the page fault.
perf_stack() {
	local stacks

	all_by direct || return
	perf record -q -g -o "$work/data" -e kmem:mm_page_alloc -- \
		"$programs/actor" walker </dev/null >/dev/null || return
	back
	stacks=$(perf script -i "$work/data" | tr '\n' ' ')
	in_order "$stacks" mm_page_alloc: handle_mm_fault \
		mmapdemo_direct_fault handle_mm_fault asm_exc_page_fault
}

# ---- together with bpftrace ----

how_fault_is_attached() {
	settled
	timeout 120 mmapdemo probes | grep ' handle_mm_fault '
}

fentry='kfunc:handle_mm_fault /comm == "actor"/ { @enter = count(); }
	kretfunc:handle_mm_fault /comm == "actor"/ { @leave = count(); }'

# bpf_starts: make bpftrace count the faults of actors. Return when bpftrace
# counts.
bpf_starts() {
	coproc BPF { exec bpftrace -e "BEGIN { printf(\"there\\n\"); } $fentry" \
		2>&1; }
	bpf=$BPF_PID
	while read -r line <&"${BPF[0]}"; do
		[[ $line != there ]] || return 0
		echo "$line"
	done
	return 1
}

# bpf_ends: stop bpftrace, and print its counts. Send the signal repeatedly,
# because bpftrace loses a signal that arrives while bpftrace is not waiting.
bpf_ends() {
	local copy=${BPF[0]} pid=$bpf tries=12

	exec {copy}<&"$copy"
	until kill -INT "$pid"; timeout 10 cat <&"$copy"; do
		((--tries)) || {
			echo "bpftrace did not end: $(<"/proc/$pid/wchan")" >&2
			kill -KILL "$pid"
		}
	done
	exec {copy}<&-
	wait "$pid"
}

# Return 0 if bpftrace can use fentry and fexit on this kernel.
bpf_works() {
	command -v bpftrace >/dev/null &&
		bpftrace -e "$fentry BEGIN { exit(); }" >/dev/null 2>&1
}

# our_faults: run a new actor, and print the number of our events about its
# faults.
our_faults() {
	echo >$tracing/trace
	"$programs/actor" walker 257 </dev/null >/dev/null
	grep -c 'actor-.* pte_fault: ' $tracing/trace
}

# counts_agree FAULTS SAID: compare our count with the count of bpftrace. The
# count of bpftrace may be lower, because bpftrace does not count before the
# task is named "actor".
counts_agree() {
	local enter leave

	enter=$(sed -n 's/^@enter: //p' <<<"$2")
	leave=$(sed -n 's/^@leave: //p' <<<"$2")
	within 257 99999 "$1" "our faults" &&
		within 257 "$1" "${enter:-0}" "fentry's faults" &&
		equal "$enter" "$leave" "fexit's faults"
}

after_bpf() {
	local faults said how

	bpf_starts && enable_all 1 || return
	how=$(how_fault_is_attached)
	faults=$(our_faults)
	said=$(bpf_ends)
	enable_all 0
	[[ $how == *'by kretprobe; no direct call: another tool is attached to this function'* ]] && counts_agree "$faults" "$said"
}

before_bpf() {
	local faults said

	all_by kretprobe && bpf_starts || return
	faults=$(our_faults)
	said=$(bpf_ends)
	back
	counts_agree "$faults" "$said"
}

# While our direct call is attached, bpftrace can't attach to the function, and
# our events continue.
instead_of_bpf() {
	local said

	enable_all 1 || return
	said=$(timeout 60 bpftrace -e "$fentry" 2>&1) && return 1
	[[ $(how_fault_is_attached) == *'by direct call'* ]] &&
		within 257 99999 "$(our_faults)" "our faults" || return
	enable_all 0 && settle
}

# With attach=direct, an event can't be enabled while another tracer is attached
# to the function of the event.
refused_by_bpf() {
	local how status=0

	attach_by direct && bpf_starts || return
	! enable_all 1 2>/dev/null || status=1
	how=$(how_fault_is_attached)
	bpf_ends >/dev/null || status=1
	back
	[[ $how == *'another tool is attached to this function'* ]] || {
		echo "$how"
		status=1
	}
	return $status
}

next_to_bpf() {
	if ! bpf_works; then
		skip "$1" "bpftrace can't use fentry on this kernel"
	else
		check "$@"
	fi
}

echo "TAP version 13"
check 'the events are the same by kretprobe' same_events_by kretprobe
check 'the events are the same by direct call' same_events_by direct
if since 5.16; then
	check 'a stack is read through a kretprobe' live_stack kretprobe ''
else
	skip 'a stack is read through a kretprobe' \
		"kernels before 5.16 can't read a stack through a kretprobe"
fi
check 'a stack is read through a direct call' \
	live_stack direct mmapdemo_direct_fault
if command -v perf >/dev/null; then
	check 'perf reads stacks through a direct call' perf_stack
else
	skip 'perf reads stacks through a direct call' \
		"needs perf, Debian's package linux-perf"
fi
next_to_bpf 'where BPF is, a kretprobe is enough' after_bpf
next_to_bpf 'BPF comes next to a kretprobe' before_bpf
next_to_bpf 'BPF is refused where a direct call is' instead_of_bpf
next_to_bpf 'a direct call is refused where BPF is' refused_by_bpf
finish
