#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# run.sh KERNEL [OPTION...] -- COMMAND [ARGUMENT...]
#
# Boot a kernel of selftests/vm/kernels in QEMU, and run COMMAND as root in the
# guest, in a copy of this project, with the program in PATH. $MMAPDEMO_KO is the
# path of the module, $MMAPDEMO_PROJECT is the directory of the project,
# $MMAPDEMO_KERNEL is the name of the kernel, and $KSFT is the directory of
# kselftest. All changes in the guest are discarded at the end.
#
#   --load              load the module first
#   --timeout SECONDS   give up after this time, including boot (default 600)
#   --cpus N            processors (default 2)
#   --memory SIZE       memory (default 2G)
#   --nodes N           NUMA nodes, each with 1/N of the memory (default 1)
#   --cpu MODEL         QEMU's processor model with its flags
#   --icount            count instructions: 1 processor, 1 ns per instruction
#   --append ARGUMENTS  more arguments for the kernel
#   --no-panic-on-warn  let the guest continue after a kernel warning
#   --out DIR           share DIR with the guest as /out, writable
#   --monitor SOCKET    accept QMP commands for QEMU at SOCKET
#   --log FILE          also copy the kernel log to FILE
#   -v, --verbose       show the kernel log on stderr while it is written
#   -h, --help
#
# The exit status is COMMAND's (at most 250), 128+N if signal N ended COMMAND, or
#
#   251  the kernel complained: WARNING, BUG, Oops, KASAN, lockdep, stall ...
#   252  the kernel panicked, or the guest ended, without such a complaint
#   253  timeout
#   254  COMMAND was not reached: wrong usage, no QEMU, no root, no module ...
#
# The kernel log is kept in build/KERNEL/vm/last/dmesg.log. The directories next to
# "last" contain the logs of the nine previous runs.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

splat=251 panic=252 hang=253 harness=254
die_status=$harness

# How a complaint of the kernel begins, after the time and possibly the task.
complaints='WARNING:|BUG:|Oops:|general protection fault|divide error|'
complaints+='KASAN:|KCSAN:|UBSAN:|kernel BUG at|Bad page state|'
complaints+='INFO: task .* blocked for|rcu: INFO:|INFO: rcu|INFO: lockdep|'
complaints+='INFO: trying to register non-static key|Kernel stack overflow|'
complaints+='watchdog: BUG|possible .* deadlock|unreferenced object|'
complaints+='kmemleak: [0-9]+ new|(list|slab) .*corruption|refcount_t:|'
complaints+='stack segment|invalid opcode|unchecked MSR access|------------\[ cut'
stamp='^\[ *[0-9]+\.[0-9]+\](\[ *[CT][0-9]+\])? '

usage() {
	sed -n '4,/^$/s/^# \{0,1\}//p' "$0"
}

options() {
	load='' timeout=600 cpus=2 memory=2G nodes=1 cpu='' icount='' append=''
	panic_on_warn=1 out='' monitor='' log='' verbose=''
	kernel=''
	while (($#)); do
		case $1 in
		--load) load=1 ;;
		--timeout) timeout=${2:?}; shift ;;
		--cpus) cpus=${2:?}; shift ;;
		--memory) memory=${2:?}; shift ;;
		--nodes) nodes=${2:?}; shift ;;
		--cpu) cpu=${2:?}; shift ;;
		--icount) icount=1 ;;
		--append) append=${2?}; shift ;;
		--no-panic-on-warn) panic_on_warn=0 ;;
		--out) out=${2:?}; shift ;;
		--monitor) monitor=${2:?}; shift ;;
		--log) log=${2:?}; shift ;;
		-v | --verbose) verbose=1 ;;
		-h | --help) usage; exit ;;
		--) shift; break ;;
		-*) die "unknown option $1, see run.sh --help." ;;
		*) [[ ! $kernel ]] || die "COMMAND belongs after --."
			kernel=$1 ;;
		esac
		shift
	done
	[[ $kernel && $# -gt 0 ]] ||
		die "usage: run.sh KERNEL [OPTION...] -- COMMAND..."
	command=("$@")
}

# Keep the logs of the last ten runs. Each run has a separate directory, because two
# runs may be in progress at the same time.
make_run_dir() {
	local all=$top/build/$kernel/vm old

	mkdir -p "$all"
	run=$(mktemp -d "$all/$(date +%m%d-%H%M%S).XXXXXX")
	ln -sfnT "${run##*/}" "$all/last"
	find "$all" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort |
		head -n -10 | while read -r old; do
		rm -rf "${all:?}/$old"
	done
}

# Pack the project and the command into the disk that the guest's init unpacks.
pack_project() {
	local built=() module

	for module in mmapdemo.ko textbook/textbook.ko; do
		[[ ! -f $top/build/$kernel/$module ]] ||
			built+=("build/$kernel/$module")
	done
	[[ ! -d $top/build/userspace ]] || built+=(build/userspace)
	[[ ! -d $top/build/selftests ]] || built+=(build/selftests)

	mkdir -p "$run/.vm"
	printf '%q ' "${command[@]}" >"$run/.vm/command"
	# Include the history of the project, because tests use it. A copy of the
	# project that is not a clone has no history.
	git -C "$top" bundle create -q "$run/.vm/history" HEAD 2>/dev/null || true
	cat >"$run/.vm/environment" <<-END
		merge=$merge
		load=$load
		export MMAPDEMO_KERNEL=$kernel
		export MMAPDEMO_PROJECT=\$PWD
		export MMAPDEMO_KO=\$PWD/build/$kernel/mmapdemo.ko
		export KSFT=\$PWD/tools/testing/selftests
	END
	tar -cf "$run/project.tar" \
		-C "$run" .vm \
		-C "$ksft" tools \
		-C "$top" --exclude=./.git --exclude=./build --exclude='*.[od]' \
		. "${built[@]}"
	rm -r "$run/.vm"
}

# Some machines have a /dev/kvm that does not work.
kvm_works() {
	grep -qwE '^flags.*(vmx|svm)' /proc/cpuinfo && [[ -w /dev/kvm ]]
}

# Make each NUMA node a socket, because processors that share a cache belong to
# the same node.
numa() {
	local bytes node

	bytes=$(($(numfmt --from=iec "$memory") / nodes))
	for ((node = 0; node < nodes; node++)); do
		qemu+=(-object "memory-backend-ram,id=node$node,size=$bytes"
			-numa "node,nodeid=$node,memdev=node$node"
			-numa "cpu,node-id=$node,socket-id=$node")
	done
}

machine() {
	if [[ $icount ]]; then
		# Disable fast string instructions, because TCG counts each of
		# their iterations.
		cpu=${cpu:-max,erms=off,fsrm=off} cpus=1
		qemu+=(-accel tcg -icount 'shift=0,sleep=off')
	elif kvm_works; then
		qemu+=(-accel kvm)
	else
		# Use a single thread, because with several threads TCG does not
		# work correctly when the kernel patches its text. Disable fast
		# string instructions and AVX. Then the kernel and the C library
		# copy and clear memory in loops, which TCG runs a third faster.
		qemu+=(-accel 'tcg,thread=single')
		cpu=${cpu:-max},erms=off,fsrm=off,avx=off,avx2=off
	fi
	qemu+=(-smp "$cpus,sockets=$nodes")
	((nodes == 1)) || numa
	qemu+=(-machine "q35,pit=off" -cpu "${cpu:-max}" -m "$memory")
}

# port NAME FILE: add a channel from the guest to FILE, with the name NAME in the
# guest.
port() {
	qemu+=(-chardev "file,id=$1,path=$2"
		-device "virtserialport,chardev=$1,name=$1")
}

share() {
	qemu+=(-virtfs "local,mount_tag=$1,path=$2,security_model=none,$3")
}

disk() {
	qemu+=(-drive "if=virtio,format=raw,file=$1,$2")
}

qemu_command() {
	local args="console=ttyS0 nokaslr mitigations=off clocksource=tsc" emulator

	args+=" tsc=reliable oops=panic panic=-1 panic_on_warn=$panic_on_warn"
	# Disable the kernel's check of its timer, which fails on a busy host. The
	# kernel would then use the PIT, and time would pass many times too fast.
	args+=' no_timer_check'
	# Tests search the part of the kernel log that was written since they
	# began, so the log needs a large buffer.
	args+=' log_buf_len=8M'
	# The host enforces the timeout, even if the guest is only slow. To count
	# instructions, always use the installed QEMU, because versions of QEMU count
	# instructions differently: for the first touch of a page, 10.0 counts 4 to 7
	# % more than 7.2.
	emulator='qemu-system-x86_64'
	[[ $icount ]] || emulator=$("$vm/qemu.sh")
	qemu=(setpriv --pdeathsig TERM timeout -k 5 "$timeout" "$emulator")
	machine
	qemu+=(-nodefaults -no-user-config -display none -no-reboot -nic none
		-device virtio-rng-pci
		-serial "file:$run/dmesg.log"
		-kernel "$cached_kernel/vmlinux" -initrd "$initramfs")
	disk "$image" snapshot=on,cache=unsafe
	disk "$run/project.tar" readonly=on
	if [[ -f $modules ]]; then
		disk "$modules" readonly=on
	else
		share modules "$cached_kernel/lib/modules/$release" readonly=on
	fi
	if [[ $out ]]; then
		share out "$(realpath "$out")" readonly=off
		args+=" mmapdemo.out"
	fi
	[[ ! $monitor ]] ||
		qemu+=(-qmp "unix:$monitor,server=on,wait=off")
	qemu+=(-device virtio-serial-pci)
	port status "$run/status"
	port stdout "/dev/fd/$stdout"
	port stderr "/dev/fd/$stderr"
	qemu+=(-append "$args $append")
}

# QEMU truncates the files to which it writes, so give it pipes instead of the caller's
# files.
open_pipes() {
	exec {stdout}> >(exec cat)
	readers=$!
	exec {stderr}> >(exec cat >&2)
	readers+=" $!"
}

boot() {
	local status=0

	: >"$run/dmesg.log"
	: >"$run/status"
	open_pipes
	qemu_command
	"${qemu[@]}" 2>"$run/qemu.log" </dev/null &
	pid=$!
	trap 'kill "$pid" 2>/dev/null' EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	exec {stdout}>&- {stderr}>&-
	if [[ $verbose ]]; then
		tail -q -n +1 -F --pid="$pid" "$run/dmesg.log" >&2 &
	fi
	wait "$pid" || status=$?
	trap - EXIT INT TERM
	# shellcheck disable=SC2086 # split into two numbers
	wait $readers || true
	timed_out=
	[[ $status != 124 && $status != 137 ]] || timed_out=1
}

# excerpt PATTERN: print the kernel log, beginning with the first match.
excerpt() {
	grep -m1 -aE -A30 "$stamp($1)" "$run/dmesg.log" >&2 || true
}

fail() {
	local status=$1

	shift
	say "$kernel: $* Kernel log: ${run#"$top"/}/dmesg.log"
	exit "$status"
}

verdict() {
	local ready='' code='' word value

	while read -r word value; do
		[[ $word == ready ]] && ready=1
		[[ $word == exit ]] && code=$value
	done <"$run/status"

	if grep -qaE "$stamp($complaints)" "$run/dmesg.log"; then
		excerpt "$complaints"
		fail $splat "the kernel complained."
	elif grep -qaE "${stamp}Kernel panic" "$run/dmesg.log"; then
		excerpt "Kernel panic"
		fail $panic "the kernel panicked."
	elif [[ $timed_out && ! $code ]]; then
		tail -n 5 "$run/dmesg.log" >&2
		fail $hang "no end after $timeout s."
	elif [[ $code == load ]]; then
		fail $harness "the module does not load."
	elif [[ ! $ready ]]; then
		tail -n 5 "$run/qemu.log" "$run/dmesg.log" >&2
		fail $harness "the guest never reached the command."
	elif [[ ! $code ]]; then
		tail -n 5 "$run/dmesg.log" >&2
		fail $panic "the guest ended before the command did."
	fi
	exit $((code > 250 ? 250 : code))
}

options "$@"
need qemu-system-x86_64 setpriv timeout tar
kernel_line "$kernel"
ko=$top/build/$kernel/mmapdemo.ko
[[ ! $load || -f $ko ]] || die "no module yet, run: make modules KERNEL=$kernel"
[[ ! $out || -d $out ]] || die "$out is not a directory."
cached_kernel=$("$vm/fetch.sh" "$kernel")
release=$(<"$cached_kernel/release")
initramfs=$("$vm/initramfs.sh" "$kernel") modules=${initramfs%/*}/modules.ext4
[[ ! $out || ! -f $modules ]] || die "$kernel has no 9p, which --out needs."
image=$("$vm/root.sh")
ksft=$("$vm/kselftest.sh")
# If stdout and stderr of the caller are the same stream, use one stream in the
# guest, too, to preserve the order of the output.
merge=
[[ ! /dev/stdout -ef /dev/stderr ]] || merge=1
make_run_dir
pack_project
boot
# Very rarely, an emulated processor gets an interrupt too early, and the kernel fails
# before it starts the first process. Then nothing of the project has run.
if [[ ! $timed_out ]] && ! grep -qaE "${stamp}Run /init" "$run/dmesg.log"; then
	say "$kernel: the kernel failed before it ran /init, so it boots once more."
	cp "$run/dmesg.log" "$run/dmesg.first.log"
	boot
fi
rm "$run/project.tar"
[[ ! $log ]] || cp "$run/dmesg.log" "$log"
verdict
