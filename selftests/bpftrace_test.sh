#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# bpftrace can use the events directly. It reads the format files of the events.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2086,SC2317
. "$(dirname "$0")/tap.sh"

need_module
need_tool bpftrace bpftrace
headers="bpftrace needs the kernel's headers"
[[ -e /sys/kernel/btf/vmlinux ]] || skip_all "without BTF $headers"
[[ $(uname -r) != 5.10.* ]] || skip_all "without BTF of modules $headers"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit

PAGES=257

lists_them() {
	equal "$(compgen -G "$tracing/events/mmapdemo/*/" | wc -l)" \
		"$(bpftrace -l 'tracepoint:mmapdemo:*' | wc -l)" events
}

# watched PROGRAM ROLE...: run an actor with this role while bpftrace runs
# PROGRAM. Print what bpftrace writes about the actor.
watched() {
	bpftrace -e "$1" -c "$programs/actor ${*:2}" </dev/null 2>&1
}

# Only the actor's own mapping has this size, so other mappings are not counted.
counts_by_class() {
	local said

	said=$(watched 'tracepoint:mmapdemo:pte_fault
		/args->vma_end - args->vma_start == '$((PAGES * 4096))'/
		{ @[args->class] = count(); }' walker $PAGES)
	echo "$said"
	equal "@[2]: $PAGES" "$(grep ^@ <<<"$said")" "faults by class"
}

adds_up_fields() {
	local said

	said=$(watched 'tracepoint:mmapdemo:pte_fault
		/args->vma_end - args->vma_start == '$((PAGES * 4096))'/
		{ @bytes = sum((args->after & 0x10) * 256);
		  @write = sum(args->access); @slow = max(args->duration); }' \
		walker $PAGES)
	echo "$said"
	grep -qx "@bytes: $((PAGES * 4096))" <<<"$said" &&
		grep -qx "@write: $PAGES" <<<"$said" &&
		grep -qx '@slow: [1-9][0-9]*' <<<"$said"
}

reads_names() {
	local said

	head -c 100000 /dev/zero >"$work/plain"
	said=$(watched 'tracepoint:mmapdemo:do_mmap /comm == "actor"/
		{ printf("name %s\n", args->name); }' \
		reader "$work/plain")
	echo "$said"
	grep -qx 'name libc.so.6' <<<"$said" &&
		grep -qx 'name plain' <<<"$said"
}

echo "TAP version 13"
check 'bpftrace lists the events' lists_them
check 'bpftrace counts faults by class' counts_by_class
check 'bpftrace computes with the fields' adds_up_fields
check 'bpftrace reads the name of a file' reads_names
finish
