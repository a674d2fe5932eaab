#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# perf can use the events directly if it runs as root.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_tool perf linux-perf
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit

PAGES=257
events='do_mmap get_unmapped_area vma_merge vma_link pte_fault '
events+='vma_split vma_unlink brk pgd_alloc exit_mmap'
paranoid=/proc/sys/kernel/perf_event_paranoid

# Other processes may fault at the same time, so select our faults by their
# addresses.
records_everybody() {
	local event start faults

	perf record -q -o perf.data -e 'mmapdemo:*' -a -- \
		"$programs/actor" walker $PAGES </dev/null >said || return
	start=$(grep ^0x said)
	perf script -i perf.data >script.txt || return
	for event in $events; do
		grep -q " mmapdemo:$event: " script.txt || return
	done
	faults=$(faults_in "$start" $PAGES <script.txt)
	equal $PAGES "$(wc -l <<<"$faults")" faults &&
		equal $PAGES "$(grep -c ' access=write from=user class=anon ' \
			<<<"$faults")" "faults of class anon"
}

# counted PAGES: print how many faults of an actor perf stat counts.
counted() {
	perf stat -x , -o stat -e mmapdemo:pte_fault \
		"$programs/actor" walker "$1" </dev/null >/dev/null &&
		awk -F , '/mmapdemo:pte_fault/ { print $1 }' stat
}

counts() {
	within $PAGES $((PAGES + 256)) "$(counted $PAGES)" faults
}

# opens ID: open the event with this ID as user nobody. Set $opened to the result.
opens() {
	act opener "$1" || return
	turn
	heard over || return
	leave
	opened=${words[*]}
}

# Only the administrator may see page frame numbers, even if perf_event_paranoid
# allows everything.
refuses_others() {
	local saved event opened status=0

	saved=$(<$paranoid)
	echo -1 >$paranoid
	for event in $events; do
		opens "$(<$tracing/events/mmapdemo/$event/id)" &&
			equal 'Operation not permitted' "$opened" "$event" ||
			status=1
	done
	# User nobody can open an event of the kernel. It is therefore the
	# module that refuses to open its own events.
	opens "$(<$tracing/events/sched/sched_switch/id)" &&
		equal opened "$opened" sched_switch || status=1
	echo "$saved" >$paranoid
	return $status
}

echo "TAP version 13"
check 'perf record and perf script show the events' records_everybody
check 'perf stat counts the events' counts
check 'perf is for the administrator only' refuses_others
check 'nothing stays attached' nothing_attached
finish
