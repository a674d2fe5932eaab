#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deps.sh [PACKAGE...]
#
# Install missing packages through apt: those that are needed to build and to
# test, or the given packages.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

packages=(
	# for the module and the program
	gcc libc6-dev libelf1 make pkg-config
	libdw-dev libjs-d3 libjson-c-dev libncurses-dev libsmartcols-dev
	libtraceevent-dev libtracefs-dev
	# to unpack the kernel, its modules, and kselftest from Debian's packages
	binutils bzip2 kmod lz4 lzop xz-utils zstd
	# for the debug kernel
	bc bison flex libelf-dev
	# for checks of the sources
	codespell groff-base shellcheck sparse
	# for the guest
	busybox-static cpio e2fsprogs mmdebstrap qemu-system-x86 uidmap
)
((!$#)) || packages=("$@")

installed() {
	dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${packages[@]}" \
		2>/dev/null | sed -n 's/^installed //p'
}

command -v apt-get >/dev/null ||
	die "this is not Debian; install these packages: ${packages[*]}."

mapfile -t missing < <(comm -23 \
	<(printf '%s\n' "${packages[@]}" | sort) <(installed | sort -u))
((${#missing[@]})) || exit 0

sudo=
if ((EUID)); then
	command -v sudo >/dev/null ||
		die "run this as root: apt-get install ${missing[*]}"
	sudo=sudo
fi
say "installing ${missing[*]} ..."
$sudo apt-get -qq update
$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y \
	--no-install-recommends install "${missing[@]}" >/dev/null
