#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The self test of the module. On every known kernel, the self test passes for
# each event that it tests, by each method to attach probes. Then a copy of the
# module looks for a function that no kernel has, as if a new kernel had renamed
# the function. The self test must then fail for the events that need the
# missing function, and must pass for the others. selftest_judge_test
# checks the comparison of values.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2317
. "$(dirname "$0")/tap.sh"

need_program
take_module
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
events=(do_mmap get_unmapped_area vma_merge vma_link pte_fault vma_split vma_unlink)
untested=(brk mremap dup_mm pgd_alloc exit_mmap fault_time mmap_lock_wait
	pte_faults fault_signal)

# verdict_line: print the line of mmapdemo probes about the self test.
verdict_line() {
	mmapdemo probes | grep '^[a-z]* kernel, self test '
}

# states STATE: print the events whose state in JSON is STATE, in their order.
states() {
	mmapdemo probes --json | grep -o '"event":"[a-z_]*","state":"[a-z ]*"' |
		sed -n "s/\"event\":\"\(.*\)\",\"state\":\"$1\"/\1/p" | sort -u
}

sorted() {
	printf '%s\n' "$@" | sort
}

passes_by() {
	log_begin
	load selftest=1 attach="$1" || return
	equal 'known kernel, self test passed' "$(verdict_line)" 'line of probes' &&
		equal "$(sorted "${events[@]}")" "$(states passed)" 'passed' &&
		equal "$(sorted "${untested[@]}")" "$(states 'not tested')" \
			'not tested' &&
		log | grep -q 'mmapdemo: self test passed$' &&
		equal Y "$(cat $parameters/selftest)" 'parameter' && unload
}

runs_only_on_request() {
	load || return
	equal '' "$(verdict_line)" 'line of probes' &&
		equal '' "$(mmapdemo probes --json | grep selftest)" JSON &&
		equal N "$(cat $parameters/selftest)" 'parameter' && unload
}

# A self test that can't run says nothing about the kernel.
does_not_run_without_ftrace() {
	local switch=/proc/sys/kernel/ftrace_enabled said status=0

	echo 0 >$switch && load selftest=1
	said=$(verdict_line)
	[[ $said == 'known kernel, self test has no result: ftrace '* ]] || {
		echo "$said"
		status=1
	}
	equal '' "$(states failed)" 'failed' || status=1
	echo 1 >$switch
	unload && return $status
}

# load_limited [RESOURCE SIZE]: load the module from a process whose RESOURCE
# can't grow. SIZE is the line of /proc/PID/status that shows the size of
# RESOURCE. The process must have the same mappings afterwards.
load_limited() {
	python3 - "$ko" "$@" <<-'END'
		import ctypes, re, resource, sys
		def read(name):
		    with open("/proc/self/" + name) as file:
		        return file.read()
		def mappings():
		    return re.findall("^.* ---p 00000000 00:00 0 *$", read("maps"), re.M)
		libc = ctypes.CDLL(None, use_errno=True)
		module = open(sys.argv[1], "rb")
		before = mappings()
		if sys.argv[2:]:
		    size = re.search(sys.argv[3] + ":\\s*(\\d+) kB", read("status"))
		    limit = getattr(resource, "RLIMIT_" + sys.argv[2])
		    resource.setrlimit(limit, (int(size[1]) * 1024, -1))
		status = libc.syscall(313, module.fileno(),
		                      b"selftest=1 attach=kretprobe", 0)
		if status:
		    sys.exit("finit_module: error %d" % ctypes.get_errno())
		if sys.argv[2:]:
		    resource.setrlimit(limit, (-1, -1))
		if mappings() != before:
		    sys.exit("it has left a mapping: %s" % mappings())
	END
}

leaves_nothing() {
	load_limited &&
		equal 'known kernel, self test passed' "$(verdict_line)" 'line of probes' &&
		unload
}

# The first step needs addresses, and the second step needs memory.
does_not_run_without_memory() {
	local limit

	for limit in 'AS VmSize' 'DATA VmData'; do
		# shellcheck disable=SC2086 # two words
		load_limited $limit || return
		equal 'known kernel, self test has no result: out of memory' \
			"$(verdict_line)" "$limit" && unload || return
	done
}

# ---- a function that the kernel does not have ----

# load_without FUNCTION...: load a copy of the module in which the last letter
# of each FUNCTION is replaced.
load_without() {
	local function

	cp "$ko" "$work/mmapdemo.ko" || return
	for function; do
		LC_ALL=C sed -i "s/$function\x00/${function%?}X\x00/g" \
			"$work/mmapdemo.ko" || return
	done
	! cmp -s "$ko" "$work/mmapdemo.ko" &&
		insmod "$work/mmapdemo.ko" selftest=1 attach=kretprobe
}

# failed_only EVENT STEP EXPECTED: check that the self test has failed only for
# EVENT, because STEP had to cause EXPECTED events, and that the kernel log and
# mmapdemo probes report the failure.
failed_only() {
	local why="when the self test $2: number of events: expected $3, got 0" said

	equal "known kernel, self test failed: $1: $why" "$(verdict_line)" \
		'line of probes' &&
		equal "$1" "$(states failed)" 'failed' &&
		log | grep -qF "self test failed: event $1 is unavailable: $why" &&
		mmapdemo probes | grep -q "^$1 .*X .* inlined or absent in this" &&
		! mmapdemo probes | grep "^$1 " |
			grep -v 'inlined or absent\|unavailable: the self test failed' ||
		return
	log_begin
	said=$(LC_ALL=C bash -c "echo 1 >$tracing/events/mmapdemo/$1/enable" 2>&1) &&
		return 1
	[[ $said == *'Operation not supported' ]] || {
		echo "$said"
		return 1
	}
	log | grep -qF "mmapdemo: event $1 is unavailable: $why"
}

# not_available WHAT COMMAND...: check that mmapdemo COMMAND needs an event that is
# unavailable, and says so.
not_available() {
	local said

	said=$(mmapdemo "${@:2}" 2>&1) && return 1
	equal "mmapdemo: $2: $1: not available on this kernel; see mmapdemo probes" \
		"$said" "${*:2}"
}

# others_are_enabled EVENT: check that all other events can be enabled.
others_are_enabled() {
	local event status=0

	for event in "${events[@]}" "${untested[@]}"; do
		[[ $event != "$1" ]] || continue
		echo 1 >$tracing/events/mmapdemo/"$event"/enable || status=1
	done
	equal 0 "$(cat $tracing/events/mmapdemo/"$1"/enable)" "$1 enabled" || status=1
	enable_all 0 2>/dev/null
	return $status
}

# The kernel log must show the other events of a process.
followed_without() {
	log_begin
	echo $$ >$parameters/dmesg && (:) && echo 0 >$parameters/dmesg &&
		log | grep -q '\]: dup_mm: ' && ! log | grep "\]: $1: "
}

without_splits() {
	log_begin
	load_without __split_vma || return
	failed_only vma_split 'made a mapping' 2 && others_are_enabled vma_split &&
		followed_without vma_split &&
		not_available vma_split record -o "$work/trace.dat" -- true && unload
}

# The other function that vma_unlink needs can be probed. So without the self test,
# the event could be enabled, and would show nothing.
without_unlinks() {
	log_begin
	load_without __do_munmap do_mas_align_munmap vms_gather_munmap_vmas || return
	failed_only vma_unlink 'made a mapping' 1 && unload
}

without_faults() {
	log_begin
	load_without handle_mm_fault || return
	failed_only pte_fault 'read a page' 1 &&
		not_available 'cannot count faults' count -- true && unload
}

check 'the self test runs only on request on a known kernel' runs_only_on_request
for method in auto kretprobe direct; do
	check "the self test passes with attach=$method" passes_by $method
done
if { echo 0 >/proc/sys/kernel/ftrace_enabled; } 2>/dev/null; then
	echo 1 >/proc/sys/kernel/ftrace_enabled
	check 'the self test does not run while ftrace is off' \
		does_not_run_without_ftrace
else
	skip 'the self test does not run while ftrace is off' \
		'ftrace cannot be switched off since 7.3'
fi
if command -v python3 >/dev/null; then
	check 'the self test leaves no mapping' leaves_nothing
	check 'the self test does not run without memory' \
		does_not_run_without_memory
else
	skip 'the self test leaves no mapping' 'needs python3'
	skip 'the self test does not run without memory' 'needs python3'
fi
check 'the self test notices that no split is seen' without_splits
check 'the self test notices that no removal is seen' without_unlinks
check 'the self test notices that no fault is seen' without_faults
give_back
finish
