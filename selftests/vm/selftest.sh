#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# selftest.sh [KERNEL]
#
# Test run.sh. Each way in which a run can end has a different exit status, and
# input and output are passed unchanged. The script takes about a minute, and is
# not part of "make check".

set -uo pipefail
. "$(dirname "$0")/lib.sh"

run=$vm/run.sh
kernel=${1:-$(kernel_names | head -n 1)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0 failed=0

result() {
	local verdict='ok'

	count=$((count + 1))
	(($1)) && verdict='not ok' && failed=$((failed + 1))
	echo "$verdict $count $2"
}

# ends STATUS NAME RUN-ARGUMENT...: check the exit status of run.sh with these
# arguments
ends() {
	local want=$1 name=$2 got=0

	shift 2
	"$run" "$@" >"$work/out" 2>"$work/err" || got=$?
	result $((got != want)) "$name: status $want"
	((got == want)) || sed "s/^/# got $got: /" "$work/err"
}

# says TEXT: check that the previous run wrote exactly TEXT to stdout.
says() {
	[[ $(<"$work/out") == "$1" ]]
	result $? "and says what it should"
}

echo 'TAP version 13'

ends 0 'a command that succeeds' "$kernel" -- printf '%s|' 'a b' '$x' "q'" ''
says "a b|\$x|q'||"
ends 77 'a command that fails' "$kernel" -- sh -c 'echo out; echo >&2; exit 77'
says 'out'
ends 137 'a command killed by a signal' "$kernel" -- sh -c 'kill -9 $$'
ends 250 'a status that is ours' "$kernel" -- sh -c 'exit 253'
ends 0 'a command that leaves others running' "$kernel" -- \
	sh -c 'sleep 1000 & seq 20000 | md5sum'
says "$(seq 20000 | md5sum)"

ends 251 'a warning of the kernel' "$kernel" -- \
	sh -c 'echo "<4>WARNING: CPU: 0 PID: 1 at a test" >/dev/kmsg'
ends 252 'a panic' "$kernel" -- sh -c 'echo c >/proc/sysrq-trigger'
ends 252 'a reset' "$kernel" -- sh -c 'echo b >/proc/sysrq-trigger; sleep 9'
ends 253 'a hang' "$kernel" --timeout 12 -- sleep 1000

ends 254 'an unknown kernel' none -- true
ends 254 'an unknown option' "$kernel" --none -- true
ends 254 'no command' "$kernel"
ends 254 'a processor QEMU does not know' "$kernel" --cpu none -- true
ends 254 'a guest too small to boot' "$kernel" --memory 24M -- true

mkdir "$work/shared"
ends 0 'a shared directory' "$kernel" --out "$work/shared" -- \
	sh -c 'echo shared >/out/file'
[[ $(<"$work/shared/file") == shared ]]
result $? 'and its file is there'
ends 0 'counted instructions' "$kernel" --icount -- nproc
says 1
ends 0 'two NUMA nodes' "$kernel" --nodes 2 -- \
	cat /sys/devices/system/node/online
says 0-1

# Do not ignore interrupts. bash would start the background process with SIGINT
# ignored, because the script runs without job control.
env --default-signal=INT "$run" "$kernel" -- sleep 1000 &
sleep 3
kill -INT $!
wait $!
status=$?
! pgrep -af "vm/$(readlink "$top/build/$kernel/vm/last")/" >&2
result $((status != 130 || $?)) 'an interrupt ends the virtual machine'

"$run" "$kernel" -- echo one >"$work/one" 2>&1 &
ends 0 'two at once' "$kernel" -- echo two
says two
wait $! && [[ $(<"$work/one") == one ]]
result $? 'and the other one'

echo "1..$count"
exit $((failed != 0))
