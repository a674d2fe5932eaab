#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# dkms.sh KERNEL
#
# Test that dkms builds and installs the module, and that the kernel loads the
# result. dkms and the headers are from the kernel's own suite. The output is in TAP
# format.

# shellcheck disable=SC2317 # functions are called by check

set -uo pipefail
. "$(dirname "$0")/lib.sh"
. "$top/selftests/tap.sh"

# in_root COMMAND...: run COMMAND in the root file system, in which dkms has its own
# tree, our source, and a private copy of the kernel's directory.
in_root() {
	"$vm/inroot.sh" --bind "$work/tree=/var/lib/dkms" \
		--bind "$work/source=/usr/src/mmapdemo-$version" \
		--bind "$work/modules=/lib/modules/$release" "$kernel" "$@"
}

# dkms ACTION...: run dkms, and show the compiler's output on failure.
dkms() {
	in_root dkms "$@" -m mmapdemo -v "$version" && return
	find "$work/tree" -name make.log -exec cat '{}' +
	return 1
}

# state NAME: check that dkms reports this state and no other state.
state() {
	local said

	said=$(in_root dkms status -m mmapdemo -v "$version") || return
	if [[ $1 ]]; then
		grep -qE "^mmapdemo.*: $1\$" <<<"$said" && return
	else
		[[ $said ]] || return 0
	fi
	echo "dkms says: $said"
	return 1
}

adds() {
	dkms add && state added
}

builds() {
	dkms build -k "$release" && state built || return
	! grep -rE 'warning:' "$work/tree" --include=make.log
}

installs() {
	dkms install -k "$release" && state installed || return
	[[ $(in_root modinfo -k "$release" -F vermagic mmapdemo) == \
		"$release "* ]] || {
		echo "modinfo does not find the module"
		return 1
	}
}

loads() {
	"$vm/run.sh" "$kernel" --out "$work/modules/updates/dkms" -- sh -euc '
		insmod /out/mmapdemo.ko*
		echo hello | mmapdemo write /dev/mmapdemo
		mmapdemo trace -- true 2>&1 | grep "mmap calls"
	'
}

removes() {
	dkms remove --all && state '' || return
	! find "$work/modules" "$work/tree/mmapdemo" -name 'mmapdemo.ko*' |
		grep .
}

[[ $# == 1 ]] || die "usage: dkms.sh KERNEL"
kernel=$1
kernel_line "$kernel"
[[ $package != linux-source* ]] || skip_all "no suite has this kernel's headers"
cached_kernel=$("$vm/fetch.sh" "$kernel") || exit
root=$("$vm/buildroot.sh" "$kernel") || exit
release=$(<"$cached_kernel/release")
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/tree"
mkdir "$work/source"
cp -a "$top"/{Kbuild,dkms.conf,module,uapi} "$work/source/"
cp -a "$root/lib/modules/$release" "$work/modules"
# modules.builtin and modules.order belong to the package of the kernel image,
# which is not installed.
touch "$work/modules"/modules.{builtin,order}
in_root depmod "$release" || exit

echo 'TAP version 13'
check 'dkms adds the module' adds
check "dkms builds the module for $release" builds
check 'dkms installs the module' installs
check 'the module that dkms built loads and traces' loads
check 'dkms removes the module, and leaves no .ko file' removes
finish
