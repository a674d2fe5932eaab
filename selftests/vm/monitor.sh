#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# monitor.sh KERNEL
#
# Test that mmapdemo walk agrees with the page tables as QEMU reads them. The
# output is in TAP format. In the guest, the output of walk for a process is
# saved. The process then only runs on its processor, and touches no new pages.
# monitor.py queries QEMU's monitor about this processor.

set -euo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

# In the guest, everything except this process runs on the first processor.
# shellcheck disable=SC2016 # the variables are the guest's
guest='
	taskset -p 1 $$ >/dev/null
	coproc SPINNER { exec taskset 2 build/selftests/actor spinner; }
	while read -r line && [[ $line != ready ]]; do
		echo "$line"
	done <&"${SPINNER[0]}" >/out/places
	mmapdemo walk --json "$SPINNER_PID" >/out/walk.json || exit
	[[ ! -e /sys/kernel/mm/transparent_hugepage ]] || : >/out/thp
	: >/out/ready
	until [[ -e /out/over ]]; do
		sleep 0.1
	done'

[[ $# == 1 ]] || die "usage: monitor.sh KERNEL"
kernel_line "$1"
[[ $package != linux-source* ]] ||
	skip_all "info tlb would print every page of the sanitizers' shadow"
command -v python3 >/dev/null || "$vm/deps.sh" python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/out"
"$vm/run.sh" "$1" --load --out "$work/out" --monitor "$work/qmp" -- \
	bash -c "$guest" >"$work/log" 2>&1 &
status=0
python3 "$vm/monitor.py" "$work/qmp" "$work/out" $! || status=$?
: >"$work/out/over"
wait $! || { cat "$work/log"; status=1; }
exit $status
