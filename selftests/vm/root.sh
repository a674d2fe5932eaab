#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# root.sh
#
# Print the path of the image of the guest's root file system. If the image does not
# exist yet, make it. The root file system is Debian 12 with tools for our tests and
# for debugging.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

suites=bookworm,bookworm-security
packages=(
	# Libraries of the program, and tracers. The program also needs libdw1, on
	# which perf depends, and libncursesw6, on which procps depends.
	bpftrace libjson-c5 libtracefs1 linux-perf trace-cmd
	kmod make mount procps util-linux			# tools that the tests use
	btrfs-progs e2fsprogs xfsprogs				# tools for file systems that the tests make
	gcc git libc6-dev python3				# programs that the tests observe
	rt-tests						# cyclictest of "make bench-latency"
	file strace						# for people who debug
)
size=3G

# as_root COMMAND...: run COMMAND as root, or as root of a user namespace, because
# the files belong to several users.
as_root() {
	if ((EUID)); then
		unshare --map-root-user --map-auto "$@"
	else
		"$@"
	fi
}

mkroot() {
	local dir=$1

	say "making the guest's root file system ..."
	bootstrap "$suites" "$dir/root.tar" "${packages[@]}"
	as_root sh -euc '
		mkdir "$1/root"
		tar -C "$1/root" --exclude="./dev/*" -xf "$1/root.tar"
		truncate -s "$2" "$1/root.ext4"
		mke2fs -q -t ext4 -O ^has_journal -E lazy_itable_init=0 \
			-d "$1/root" "$1/root.ext4"
		rm -rf "$1/root" "$1/root.tar"
	' sh "$dir" "$size"
}

need mmdebstrap mke2fs
cached guest "${packages[*]}, $size, layout 1" mkroot
echo "$cache/guest/root.ext4"
