#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Loading and unloading of the module. The module is loaded and unloaded with
# events enabled, with the device open, with tasks asleep, with calls in
# progress, and with all kinds of parameters. The module stays loaded if it was
# loaded before.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

take_module

refused_while_open() {
	local fd

	load && exec {fd}<>/dev/mmapdemo || return
	rmmod mmapdemo && return 1
	exec {fd}>&-
	loaded && unload && ! loaded
}

refused_while_mapped() {
	load && act holder || return
	rmmod mmapdemo && return 1
	turn
	wait "$actor" && unload && ! loaded
}

# With kretprobes, nothing but an open device keeps the module in use.

unloads_while_followed() {
	load attach=kretprobe && echo $$ >$parameters/dmesg && attached || return
	unload && nothing_attached
}

unloads_while_recorded() {
	local instance=$tracing/instances/mmapdemo-module-$$

	load attach=kretprobe && mkdir "$instance" || return
	echo 1 >"$instance/events/mmapdemo/enable"
	attached && unload && nothing_attached && rmdir "$instance"
}

# A fault begins while a probe is attached. When the fault ends, this probe is
# detached, and either no probe or a new probe is attached.
sleeps_across() {
	local again=$1

	log_begin
	load attach=kretprobe && enable_all 1 && act sleeper || return
	enable_all 0 || return
	unload && nothing_attached || return
	[[ ! $again ]] || { load attach=kretprobe && enable_all 1; } || return
	turn
	heard awake && leave && ! splat || return
	[[ ! $again ]] || { enable_all 0 && unload; }
}

sleeps_across_enabled() {
	local tasks=$1

	log_begin
	load attach=kretprobe && enable_all 1 && act sleeper "$tasks" || return
	unload && nothing_attached || return
	turn
	heard awake && leave && ! splat
}

# With direct calls, the module is in use until all probes are detached, and
# until the last call through them has returned.

busy() {
	local said

	said=$(LC_ALL=C rmmod mmapdemo 2>&1) && return 1
	[[ $said == *"is in use"* ]]
}

# disabled COUNT: disable all events, and check that COUNT calls are still in
# progress.
disabled() {
	enable_all 0 && nothing_attached && drained "$1" &&
		equal "$1" "$(inside)" "calls inside"
}

refused_while_direct() {
	load attach=direct && enable_all 1 && attached && busy || return
	enable_all 0 && nothing_attached && unload && ! loaded
}

refused_while_followed() {
	load && echo $$ >$parameters/dmesg && settled && busy || return
	echo 0 >$parameters/dmesg && unload && ! loaded
}

refused_while_asleep() {
	local tasks=$1

	log_begin
	load attach=direct && enable_all 1 && act sleeper "$tasks" || return
	disabled "$tasks" && busy && busy || return
	turn
	heard awake && leave || return
	equal 0 "$(inside)" "calls inside" && unload && ! splat
}

# A call is in progress while its probe is detached, attached again, and
# detached again. Then the call returns through this probe.
refused_while_asleep_again() {
	log_begin
	load attach=direct && enable_all 1 && act sleeper || return
	disabled 1 || return
	enable_all 1 && busy && disabled 1 && busy || return
	attach_by kretprobe && enable_all 1 && busy && disabled 1 || return
	attach_by direct && enable_all 1 || return
	turn
	heard awake && leave && busy || return
	enable_all 0 && unload && ! splat
}

# One event is disabled. The probes of the other events stay attached.
asleep_in_one_of_two() {
	log_begin
	load attach=direct && enable_all 1 && act sleeper || return
	echo 0 >$tracing/events/mmapdemo/pte_fault/enable || return
	busy || return
	turn
	heard awake && leave && busy || return
	enable_all 0 && unload && ! splat
}

killed_while_asleep() {
	log_begin
	load attach=direct && enable_all 1 && act sleeper || return
	disabled 1 && busy || return
	kill -KILL "$actor"
	wait "$actor"
	unload && ! splat
}

# ---- parameters ----

# refused PARAMETER: check that loading with PARAMETER fails with EINVAL, and
# that the log has a message.
refused() {
	local said

	log_begin
	said=$(LC_ALL=C insmod "$ko" "$1" 2>&1) && {
		rmmod mmapdemo
		echo "$1 was accepted"
		return 1
	}
	[[ $said == *"Invalid parameters"* ]] || {
		echo "$1: $said"
		return 1
	}
	said=$(log | grep -c 'mmapdemo: ')
	! loaded && within 1 2 "$said" "lines in the log for $1" &&
		log | grep -qF "${1%%=*}"
}

bad_sizes() {
	local size

	for size in 0 5 4095 1000T abc '64M,' -1 '' 18446744073709551616; do
		refused "size=$size" || return
	done
}

bad_dmesg() {
	local pid

	for pid in -1 abc '' 1x; do
		refused "dmesg=$pid" || return
	done
}

bad_methods() {
	local method

	for method in '' none Direct 1 auto,direct; do
		refused "attach=$method" || return
	done
}

# The parameter "attach" can be changed, unless a probe is attached by another
# method.
methods() {
	local method said

	load attach=kretprobe || return
	equal kretprobe "$(cat $parameters/attach)" attach || return
	for method in auto direct kretprobe auto; do
		attach_by $method &&
			equal $method "$(cat $parameters/attach)" attach || return
	done
	enable_all 1 || return
	said=$(LC_ALL=C attach_by direct 2>&1)
	[[ $said == *busy* ]] || {
		echo "attach=direct while attached: $said"
		return 1
	}
	said=$(LC_ALL=C attach_by none 2>&1)
	[[ $said == *'Invalid argument'* ]] || return
	enable_all 0 && equal auto "$(cat $parameters/attach)" attach &&
		unload
}

unknown_parameter() {
	log_begin
	load nonsense=1 || return
	unload
	log | grep -q "unknown parameter 'nonsense'"
}

# region_is PARAMETER BYTES: check that size=PARAMETER gives a default region of
# BYTES bytes.
region_is() {
	load "size=$1" || return
	equal "$2" "$(cat $parameters/size)" "size=$1" &&
		equal "$2" "$(wc -c </dev/mmapdemo)" "bytes with size=$1" &&
		unload
}

sizes() {
	region_is 4096 4096 && region_is 1M 1048576 &&
		region_is 0x10000 65536 && region_is 128k 131072
}

parameters_are_guarded() {
	load size=1M || return
	equal 444 "$(stat -c %a $parameters/size)" "mode of size" &&
		equal 600 "$(stat -c %a $parameters/dmesg)" "mode of dmesg" &&
		unload
}

# ---- the story in the kernel log ----

# refuses VALUE ERROR: check that a write of VALUE to the parameter "dmesg"
# fails with ERROR.
refuses() {
	local said

	said=$(LC_ALL=C bash -c "echo $1 >$parameters/dmesg" 2>&1) && {
		echo "dmesg=$1 was accepted"
		return 1
	}
	[[ $said == *"$2" ]] || {
		echo "dmesg=$1: $said"
		return 1
	}
	equal 0 "$(cat $parameters/dmesg)" dmesg && nothing_attached
}

bad_followers() {
	# 4194305 is higher than any PID.
	local thread status

	refuses -1 'Invalid argument' && refuses abc 'Invalid argument' &&
		refuses 4194305 'No such process' || return
	# Log lines contain the PID of the process. The TID of a thread is
	# therefore refused.
	act sleeper || return
	thread=$(find "/proc/$actor/task" -mindepth 1 -maxdepth 1 -printf '%f\n' |
		grep -vx "$actor" | head -n 1)
	[[ $thread ]] && refuses "$thread" 'No such process'
	status=$?
	turn && heard awake && leave && return $status
}

lines() {
	log | grep '^mmapdemo: '
}

follows_one() {
	act walker || return
	log_begin
	echo "$actor" >$parameters/dmesg || return
	# A PID that is refused changes nothing.
	! (echo 4194305 >$parameters/dmesg) 2>/dev/null || return
	equal "$actor" "$(cat $parameters/dmesg)" dmesg || return
	# While $actor is followed, another process does the same work.
	"$programs/actor" walker 257 </dev/null || return
	turn
	heard over || return
	echo 0 >$parameters/dmesg
	leave
	lines
	equal 0 "$(lines | grep -cv "^mmapdemo: actor\[$actor\]: ")" \
		"lines of others" &&
		equal 1 "$(lines | grep -c ': mmap: 126976 bytes')" mmap &&
		within 1 9 "$(lines | grep -c ': get_unmapped_area: ')" \
			get_unmapped_area &&
		within 1 9 "$(lines | grep -c ': vma_merge: ')" vma_merge &&
		equal 31 "$(lines | grep -c 'write at byte [0-9]* of a VMA of anonymous memory: anon;')" \
			"pages written"
}

# The log is read outside of the container, where a PID of the container's
# namespace would have no meaning.
numbers_of_the_host() {
	local child

	coproc ACTOR { exec unshare --pid --fork "$programs/actor" walker; }
	actor=$ACTOR_PID
	heard ready || return
	child=$(<"/proc/$actor/task/$actor/children")
	child=${child% }
	log_begin
	echo "$child" >$parameters/dmesg || return
	equal "$child" "$(cat $parameters/dmesg)" dmesg || return
	turn
	heard over || return
	echo 0 >$parameters/dmesg
	leave
	lines
	within 31 999 "$(lines | grep -c "^mmapdemo: actor\[$child\]: ")" lines &&
		equal 0 "$(lines | grep -cv "^mmapdemo: actor\[$child\]: ")" \
			"lines with another number"
}

# An address is printed as a hexadecimal number that is longer than any offset in
# this test. Durations are excluded, because a duration may have as many digits as
# an address.
has_addresses() {
	lines | sed 's/[0-9]* ns//g' | grep -E '0x|[0-9a-f]{9,}'
}

# follow_reader: print what the actor does in the kernel log, while it maps and reads a
# file.
follow_reader() {
	act reader /bin/bash || return
	log_begin
	echo "$actor" >$parameters/dmesg || return
	turn
	heard over
}

no_addresses() {
	follow_reader || return
	lines | grep ' bash' && ! has_addresses || return
	echo 0 >$parameters/dmesg
	leave
}

# The actor cannot write to the file, so the VMA has VM_MAYSHARE, but not VM_SHARED.
shows_shared_mappings() {
	follow_reader || return
	echo 0 >$parameters/dmesg
	leave
	lines
	equal 1 "$(lines | grep -c ': new VMA of [0-9]* bytes, r--s bash, ')" \
		'shared mappings'
}

silent_again() {
	act walker || return
	echo "$actor" >$parameters/dmesg && echo 0 >$parameters/dmesg || return
	log_begin
	nothing_attached || return
	turn
	heard over || return
	leave
	equal '' "$(lines)" lines
}

one_after_the_other() {
	local first

	act walker || return
	log_begin
	first=$actor
	echo "$first" >$parameters/dmesg && echo $$ >$parameters/dmesg || return
	turn
	heard over || return
	echo 0 >$parameters/dmesg
	leave
	equal 0 "$(lines | grep -c "\[$first\]")" "lines of the first"
}

# At most 400 lines are logged in 5 seconds. With the first line after these 5
# seconds, the kernel reports how many lines were dropped. The actor faults all
# the time. If 400 lines take more than 5 seconds, more lines are allowed.
limited() {
	local said before most

	unload && load && act runner || return
	log_begin
	echo "$actor" >$parameters/dmesg || return
	turn
	# Read the log soon, because later lines overwrite the first lines of
	# the test.
	until said=$(dmesg | sed "1,/$log_mark/d") && grep -q 'callbacks suppressed' <<<"$said"; do
		[[ -d /proc/$actor ]] || return
	done
	echo 0 >$parameters/dmesg
	kill "$actor"
	said=$(sed '/callbacks suppressed/,$d' <<<"$said" | grep ' mmapdemo: ')
	before=$(wc -l <<<"$said")
	most=$(tr -d '[]' <<<"$said" | awk '
		NR == 1 { first = $1 }
		END { print 400 * (1 + int(($1 - first) / 5)) }')
	within 400 "$most" "$before" "lines before it stopped"
}

followed_from_the_start() {
	unload && act walker || return
	log_begin
	load "dmesg=$actor" attach=kretprobe || return
	equal "$actor" "$(cat $parameters/dmesg)" dmesg || return
	turn
	heard over || return
	leave
	within 31 99 "$(lines | grep -c 'fault: ')" faults && unload || return
	# Loading must succeed even if no process has this PID.
	log_begin
	load "dmesg=$actor" && log | grep -q 'no process has this PID' &&
		equal 0 "$(cat $parameters/dmesg)" dmesg
}

followed_to_the_end() {
	unload && load attach=kretprobe && act walker || return
	echo "$actor" >$parameters/dmesg || return
	turn
	heard over || return
	leave
	# The process has ended. If another process gets the PID, this other
	# process must not be followed.
	unload && nothing_attached && load
}

echo "TAP version 13"
check 'unloading is refused while the device is open' refused_while_open
check 'unloading is refused while the device is mapped' refused_while_mapped
check 'the module unloads while a process is followed' unloads_while_followed
check 'the module unloads while an instance records' unloads_while_recorded
check 'a fault sleeps while its probe is detached' sleeps_across ''
check 'a fault sleeps while its probe is replaced' sleeps_across again
check 'a fault sleeps while the module is unloaded' sleeps_across_enabled 1
check 'hundreds of faults sleep while the module is unloaded' sleeps_across_enabled 300
check 'unloading is refused while probes are attached by direct calls' \
	refused_while_direct
check 'unloading is refused while a process is followed by direct calls' \
	refused_while_followed
check 'unloading is refused while a fault sleeps inside' refused_while_asleep 1
check 'unloading is refused while hundreds of faults sleep inside' refused_while_asleep 300
check 'unloading is refused even if the probe is attached again' refused_while_asleep_again
check 'unloading is refused even if other probes stay attached' asleep_in_one_of_two
check 'a task can be killed while its fault sleeps' killed_while_asleep
check 'invalid sizes are refused' bad_sizes
check 'invalid PIDs are refused' bad_dmesg
check 'unknown methods are refused' bad_methods
check 'the method can be changed' methods
check 'an unknown parameter is reported and ignored' unknown_parameter
check 'all forms of a size are understood' sizes
check 'only root reads and changes the followed process' parameters_are_guarded
check 'a process can be followed from the start' followed_from_the_start
check 'a process can be followed to its end' followed_to_the_end
check 'a missing process cannot be followed' bad_followers
check 'one process is followed, others are not' follows_one
check 'dmesg shows PIDs of the host' numbers_of_the_host
check 'the story has no addresses' no_addresses
check 'the story shows which mapping is shared' shows_shared_mappings
check 'the story ends on request' silent_again
check 'the story can switch to another process' one_after_the_other
check 'the rate of lines in the story is limited' limited
give_back
finish
