#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# deps.sh [PACKAGE...]
#
# Install missing packages through apt: those needed for building and testing, or
# those named.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

packages=(
	# the module and the program
	gcc libc6-dev libelf1 make pkg-config
	libdw-dev libjs-d3 libjson-c-dev libncurses-dev libsmartcols-dev
	libtraceevent-dev libtracefs-dev
	# the kernel, its modules, and kselftest, out of Debian's packages
	binutils bzip2 kmod lz4 lzop xz-utils zstd
	# the debug kernel
	bc bison flex libelf-dev
	# checks of the sources
	codespell groff-base shellcheck sparse
	# the guest
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
