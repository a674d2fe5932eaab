#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# stress.sh KERNEL
#
# Test the device with two programs that others wrote to find errors: fio, which
# verifies what it stores through mappings, and stress-ng. The output is in TAP
# format. These programs and their dependencies come from packages.

# shellcheck disable=SC2317 # functions are called by check

set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

packages=(fio stress-ng)

# Fetch the packages that the guest lacks.
fetch() {
	fetch_packages "$1" "$image" "${packages[@]}"
}

# in_guest COMMAND...: run COMMAND with these programs and their libraries from /out.
in_guest() {
	local lib=/out/usr/lib/x86_64-linux-gnu

	"$vm/run.sh" "$kernel" --load --timeout 1200 --out "$cache/stress/root" \
		-- env PATH="/out/usr/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
		LD_LIBRARY_PATH="$lib:$lib/ceph:/out/lib/x86_64-linux-gnu" \
		"$@"
}

fio_verifies() {
	in_guest fio --name=verify --filename=/dev/mmapdemo --ioengine=mmap \
		--rw="$1" --bs=4k-64k --size=16M --verify=crc32c \
		--verify_fatal=1 --fsync=64
}

stresses() {
	in_guest stress-ng --dev 2 --dev-file /dev/mmapdemo --timeout 20s \
		--verbose
}

[[ $# == 1 ]] || die "usage: stress.sh KERNEL"
kernel=$1
image=$("$vm/root.sh") || exit
cached stress "${packages[*]}, layout 1, $(stat -c %Y "$image")" fetch ||
	skip_all "fio and stress-ng cannot be downloaded"

echo 'TAP version 13'
check 'fio verifies blocks that it wrote in sequence' fio_verifies write
check 'fio verifies blocks that it wrote at random' fio_verifies randwrite
check 'stress-ng reports no failure' stresses
finish
