#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# vmlinux.sh VMLINUZ
#
# Write the ELF file in a bzImage to stdout, for every compression method. The
# kernel's scripts/extract-vmlinux supports the same methods, but guesses where
# the file begins. This script reads the location from the header of the boot
# protocol: setup_sects, payload_offset, payload_length.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

# field OFFSET TYPE BYTES: print a number from the bzImage's header.
field() {
	od -An "-t$2" -j$(($1)) -N"$3" "$image" | tr -d ' '
}

# payload [LESS]: print the compressed file, without its last LESS bytes.
payload() {
	dd status=none if="$image" bs=1M iflag=skip_bytes,count_bytes \
		skip="$begin" count=$((length - ${1:-0}))
}

# by TOOL [OPTION...]: decompress the file with TOOL.
by() {
	need "$1"
	payload "$cut" | "$@"
}

[[ $# == 1 ]] || die "usage: vmlinux.sh VMLINUZ"
image=$1
begin=$((($(field 0x1f1 u1 1) + 1) * 512 + $(field 0x248 u4 4)))
length=$(field 0x24c u4 4)
# The size of the ELF file follows the compressed file, except with gzip, because the
# gzip format contains the size.
cut=4
case $(od -An -tx1 -j"$begin" -N4 "$image") in
' 1f 8b 08 '*) cut=0; by gzip -dc ;;
' fd 37 7a 58') by xz -dc ;;
' 42 5a 68 '*) by bzip2 -dc ;;
' 5d 00 00 '*) by xz -dc --format=lzma ;;
' 89 4c 5a '*) by lzop -dc ;;
' 02 21 4c 18') by lz4 -dc ;;
' 28 b5 2f fd') by zstd -dc ;;
*) die "${image##*/} is compressed in an unknown format." ;;
esac
