#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Every function that the module observes must exist on this kernel. If a new
# kernel or compiler removes such a function, this test is the first to fail.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2317
. "$(dirname "$0")/tap.sh"

need_module

search=get_unmapped_area
change=(vma_merge)
extend=__vma_adjust
unlink=(__do_munmap)
if since 6.1; then
	unlink=(do_mas_align_munmap)
fi
if since 6.10; then
	search=__get_unmapped_area
fi
if since 6.12; then
	change=(vma_modify_flags vma_modify_flags_name vma_modify_policy
		vma_modify_flags_uffd)
	unlink=(vms_gather_munmap_vmas vms_complete_munmap_vmas)
	extend=vma_merge_extend
fi
if since 7.2; then
	change[1]=vma_modify_name
fi

# Print the event and the function of each probe that mmapdemo probes should list.
wanted() {
	local event

	echo do_mmap do_mmap
	echo get_unmapped_area "$search"
	for event in vma_merge vma_link; do
		printf "$event %s\n" mmap_region do_brk_flags copy_vma
	done
	printf 'vma_merge %s\n' "${change[@]}" "$extend"
	echo vma_link insert_vm_struct
	echo vma_split __split_vma
	printf 'vma_unlink %s\n' mmap_region "${unlink[@]}"
	echo brk __x64_sys_brk
	echo mremap __x64_sys_mremap
	if [[ -e /proc/sys/abi/vsyscall32 ]]; then # the kernel runs 32-bit programs
		echo brk __ia32_sys_brk
		echo mremap __ia32_sys_mremap
	fi
	echo dup_mm copy_process
	echo pgd_alloc pgd_alloc
	echo exit_mmap exit_mmap
	for event in pte_fault{,s} fault_time mmap_lock_wait; do
		echo $event handle_mm_fault
	done
	printf 'fault_signal %s\n' force_sig_{fault,pkuerr}
	# Since 5.19, tracepoints of the kernel show waits for locks.
	# PREEMPT_RT before 5.19 does not show them.
	since 5.19 || [[ -e /sys/kernel/realtime ]] ||
		for event in fault_time mmap_lock_wait; do
		printf "$event %s\n" rwsem_down_{read,write}_slowpath
	done
}

# probes_with PATTERN: print the event and the function of each probe whose
# state matches PATTERN.
probes_with() {
	mmapdemo probes | awk -v "state= $1 " '
		NR == 1 { next }
		/^[^ ]/ { event = $1; $1 = "" }
		{ $0 = $0 }
		$0 " " ~ state { print event, $1 }'
}

all_are() {
	local state=$1

	diff <(wanted | sort) <(probes_with "$state" | sort)
}

# A function that is called often gets a direct call, which has a low cost per
# call. All other functions get a kretprobe, which is quick to attach.
each_its_way() {
	local often=' handle_mm_fault$' status=0

	attach_by auto && enable_all 1 && settled || return
	diff <(wanted | grep "$often" | sort) \
		<(probes_with 'attached by direct call' | sort) &&
		diff <(wanted | grep -v "$often" | sort) \
			<(probes_with 'attached by kretprobe' | sort) || status=1
	enable_all 0 && return "$status"
}

# all_attached_by PARAMETER HOW: check that attach=PARAMETER attaches all probes
# in the way that HOW says
all_attached_by() {
	local status=0

	attach_by "$1" && enable_all 1 || return
	all_are "attached by $2" || status=1
	enable_all 0 && attach_by auto && return "$status"
}

# check_off NAME COMMAND...: run a test that switches ftrace off. Since Linux
# 7.3, ftrace cannot be switched off.
check_off() {
	if since 7.3; then
		skip "$1" 'ftrace cannot be switched off since 7.3'
	else
		check "$@"
	fi
}

# While ftrace is off, an enabled event would observe nothing, without any
# message.
refused_without_ftrace() {
	local said status=0

	attach_by "$1" && echo 0 >/proc/sys/kernel/ftrace_enabled || return
	enable_all 1 2>/dev/null
	equal 0 "$(cat $tracing/events/mmapdemo/enable)" 'events enabled' &&
		all_are 'ftrace .* switched off' || status=1
	said=$(mmapdemo count -- true 2>&1) && status=1
	[[ $said == *'ftrace '*' switched off'* ]] || {
		echo "$said"
		status=1
	}
	echo 1 >/proc/sys/kernel/ftrace_enabled
	enable_all 1 && all_are attached || status=1
	enable_all 0
	attach_by auto && return $status
}

has_kretprobe() {
	grep -qw handle_mm_fault /sys/kernel/debug/kprobes/list
}

# If a kretprobe is detached while ftrace is off, a flag is left in ftrace's
# record of the function. When the last user of the function ends, ftrace finds
# this flag, and stops forever.
detached_with_ftrace() {
	local switch=/proc/sys/kernel/ftrace_enabled status=0
	local enable=$tracing/events/mmapdemo

	attach_by kretprobe && settle && echo 0 >$switch || return
	echo 1 2>/dev/null >"$enable/pte_fault/enable"
	settle && has_kretprobe || {
		echo 'the kretprobe was detached while ftrace was off'
		status=1
	}
	echo 1 2>/dev/null >"$enable/do_mmap/enable"
	echo 1 >$switch
	settle && ! has_kretprobe || {
		echo 'the kretprobe was not detached when ftrace was on'
		status=1
	}
	enable_all 1 && all_are attached || status=1
	enable_all 0 && attach_by auto && return $status
}

# Use only kretprobes. While a direct call is attached, the kernel may refuse to
# switch ftrace off.
ftrace_goes() {
	local said status=0

	attach_by kretprobe && enable_all 1 &&
		echo 0 >/proc/sys/kernel/ftrace_enabled || return
	all_are 'attached, but ftrace .* switched off' || status=1
	echo 1 >/proc/sys/kernel/ftrace_enabled
	all_are 'attached by kretprobe' || status=1
	said=$(mmapdemo count -- sh -c \
		'echo 0 >/proc/sys/kernel/ftrace_enabled' 2>&1)
	echo 1 >/proc/sys/kernel/ftrace_enabled
	[[ $said == *'faults may be missing: ftrace '*' are switched off'* ]] || {
		echo "$said"
		status=1
	}
	enable_all 0 && attach_by auto && return $status
}

# ftrace is switched off for a moment. At the end it is on again, so only the
# message of the program shows that it was off.
ftrace_comes_back() {
	local switch=/proc/sys/kernel/ftrace_enabled status=0 work

	work=$(mktemp -d)
	attach_by kretprobe || return
	mmapdemo count --json -o "$work/count" -- \
		sh -c "echo 0 >$switch; true; echo 1 >$switch" 2>"$work/said"
	grep -q '"switched_off":"ftrace .* may have been switched' "$work/count" &&
		grep -q 'missing: ftrace .* may have been switched' "$work/said" ||
		status=1
	mmapdemo record -o "$work/trace.dat" -- \
		sh -c "echo 0 >$switch; true; echo 1 >$switch" 2>>"$work/said"
	grep -q 'record: ftrace .* may have been switched' "$work/said" || status=1
	mmapdemo count --json -o "$work/count" true 2>"$work/quiet"
	! grep switched "$work/count" "$work/quiet" || status=1
	((!status)) || cat "$work/said" "$work/count"
	rm -r "$work"
	attach_by auto && return $status
}

# top must report at once that ftrace was switched off, and not only when top
# ends.
top_says_it() {
	local switch=/proc/sys/kernel/ftrace_enabled status=0 words top

	words=$(mktemp)
	attach_by kretprobe || return
	mmapdemo top --batch --json -I 0.1 >"$words" &
	top=$!
	until grep -q '"event":"interval"' "$words"; do
		kill -0 $top || return
	done
	echo 0 >$switch
	for ((i = $(wc -l <"$words") + 2; $(wc -l <"$words") < i + 100; )); do
		kill -0 $top || return
		! grep -q '"switched_off":"ftrace' "$words" || break
	done
	echo 1 >$switch
	grep -q '"switched_off":"ftrace .* switched off' "$words" || {
		tail -n 1 "$words"
		status=1
	}
	kill -INT $top
	wait $top
	rm "$words"
	attach_by auto && return $status
}

# waited 0|1: disable or enable all events in another process. Print how often
# this process waits for a grace period. Count all waits for RCU-tasks grace
# periods. Count a wait for an RCU grace period only if the probe engine waits.
waited() {
	local pid

	echo >"$instance/trace"
	pid=$(bash -c 'echo $$ && echo "$1" >"$2"' - "$1" \
		$tracing/events/mmapdemo/enable)
	grep -cE -- "-$pid .*synchronize_rcu_tasks|=> mmapdemo_probes_(dis)?arm" \
		"$instance/trace"
}

# To enable or disable an event, the kernel holds event_mutex, for which other
# tasks may wait. Meanwhile, the module must not wait for a grace period.
no_grace_period() {
	local instance=$tracing/instances/mmapdemo-grace-$$ i all=0
	local functions=synchronize_rcu

	# In a kernel without preemption, synchronize_rcu_tasks is another name
	# for synchronize_rcu.
	! grep -qw synchronize_rcu_tasks /proc/kallsyms ||
		functions+=' synchronize_rcu_tasks'
	attach_by auto && mkdir "$instance" || return
	for i in $functions; do
		echo "p:mmapdemo_grace/$i $i" >>$tracing/kprobe_events &&
			echo stacktrace \
				>"$instance/events/mmapdemo_grace/$i/trigger" &&
			echo 1 >"$instance/events/mmapdemo_grace/$i/enable" ||
			return
	done
	# The loop leaves direct calls attached. The call of settle below
	# detaches them.
	for i in 1 0 settle 1 settled 0 1 0; do
		if [[ $i == settle* ]]; then
			$i
		else
			all=$((all + $(waited $i)))
		fi
	done
	echo >"$instance/trace"
	settle
	grep -q "${functions##* }: " "$instance/trace" || {
		echo 'detaching waited for nothing: not the function to watch'
		all=1
	}
	for i in $functions; do
		echo 0 >"$instance/events/mmapdemo_grace/$i/enable"
		echo '!stacktrace' >"$instance/events/mmapdemo_grace/$i/trigger"
		echo "-:mmapdemo_grace/$i" >>$tracing/kprobe_events
	done
	rmdir "$instance"
	equal 0 $all 'grace periods under event_mutex'
}

# grace_of_kretprobe INSTANCE: return 0 if another process queried a probe
# during a wait for a grace period. The query must have begun and ended during
# the same wait.
grace_of_kretprobe() {
	awk '
		/ wait: / && /kworker/ { waiter = $1; split("", began) }
		/ waited: / && $1 == waiter { waiter = "" }
		/ ask: / { began[$1] = waiter }
		/ asked: / { found += waiter != "" && began[$1] == waiter }
		END { exit !found }' "$1/trace"
}

# Before the module frees kretprobes, the module waits for a grace period. During
# this wait, the module must not hold a lock that other tasks need. To check this,
# another process queries a probe repeatedly, and must get answers during a wait.
detaching_delays_nobody() {
	local instance=$tracing/instances/mmapdemo-delay-$$ i status=1
	local events=$instance/events/mmapdemo_delay

	attach_by kretprobe && mkdir "$instance" &&
		echo global >"$instance/trace_clock" && act asker || return
	cat >>$tracing/kprobe_events <<-END || return
		p:mmapdemo_delay/wait synchronize_rcu
		r:mmapdemo_delay/waited synchronize_rcu
		p:mmapdemo_delay/ask mmapdemo:mmapdemo_probes_read
		r:mmapdemo_delay/asked mmapdemo:mmapdemo_probes_read
	END
	turn
	for ((i = 0; i < 5 && status; i++)); do
		enable_all 1 && enable_all 0 && echo >"$instance/trace" &&
			echo 1 >"$events/enable" && settle &&
			echo 0 >"$events/enable" &&
			grace_of_kretprobe "$instance" && status=0
	done
	kill $actor
	wait $actor 2>/dev/null
	for i in wait waited ask asked; do
		echo "-:mmapdemo_delay/$i" >>$tracing/kprobe_events
	done
	rmdir "$instance"
	attach_by auto
	((!status)) || echo 'a request for a probe waits for a detachment'
	return $status
}

# Print each event in the manual with each of its functions. In the manual, the
# name of a function may be a prefix that ends in a star.
functions_of_the_manual() {
	sed -n '/^event|attached to$/,/^\.TE/{s/ ([^)]*)//g;p}' \
		"$manual" | awk -F '|' '
		NR == 1 || /^\.TE/ { next }
		$1 { events = $1; gsub(/, (by|of) .*/, "", events) }
		{
			n = split(events, event, ", ")
			m = split($2, function_of, /, */)
			for (i = 1; i <= n; i++)
				for (j = 1; j <= m; j++)
					if (function_of[j])
						print event[i] " " function_of[j]
		}'
}

# is_in_manual EVENT FUNCTION: return 0 if the manual lists this function for
# this event. A name in the manual may end in a star.
is_in_manual() {
	local event name

	while read -r event name; do
		# shellcheck disable=SC2053 # the right side is a pattern
		[[ $event != "$1" || $2 != $name ]] || return 0
	done <<<"$shown"
	return 1
}

# In the manual, brk and mremap are system calls instead of functions.
functions_are_in_manual() {
	local shown event function

	shown=$(functions_of_the_manual)
	while read -r event function; do
		is_in_manual "$event" "$function" || {
			echo "mmapdemo(7) does not have $function of $event"
			return 1
		}
	done < <(mmapdemo probes | awk 'NR > 1 {
		if (/^[^ ]/) { event = $1; $1 = "" }
		split($0, word, " ")
		print event, word[1]
	}' | grep -vE '^(brk|mremap) ')
}

manual=$(dirname "$0")/../userspace/man/mmapdemo.7

check 'every function is found' all_are ready
check 'every function is attached by the best method' each_its_way
check 'every function can be attached to by a kretprobe' \
	all_attached_by kretprobe kretprobe
check 'every function can be attached to by a direct call' \
	all_attached_by direct 'direct call'
check 'no probe stays attached' all_are ready
check 'neither enabling nor disabling waits for a grace period' \
	no_grace_period
check 'a probe being detached delays no other task' detaching_delays_nobody
check_off 'nothing is enabled by kretprobe while ftrace is off' \
	refused_without_ftrace kretprobe
check_off 'nothing is enabled by direct call while ftrace is off' \
	refused_without_ftrace direct
check_off 'no kretprobe is detached while ftrace is off' detached_with_ftrace
check_off 'commands report that ftrace is off' ftrace_goes
check_off 'commands report that ftrace was off' ftrace_comes_back
check_off 'top says that ftrace is off' top_says_it
if [[ -r $manual ]]; then
	check 'functions that are observed are in mmapdemo(7)' functions_are_in_manual
else
	skip 'functions that are observed are in mmapdemo(7)' \
		'there is no ../userspace/man'
fi
finish
