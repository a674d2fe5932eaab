#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# buildroot.sh KERNEL
#
# Print the directory of a root file system of the kernel's own suite. If the root
# file system does not exist yet, make it. The root file system contains the kernel's
# headers, the compiler on which the headers depend, and dkms. inroot.sh runs
# commands in this root file system.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

mkbuildroot() {
	local dir=$1

	say "making a root file system of ${suites%%,*} to build in ..."
	bootstrap "$suites" "$dir/root.tar" "${packages[@]}" ||
		die "if $suites has no ${packages[0]} any more, remove" \
			"$kernel: a newer kernel will come."
	# The archive is extracted without root privileges. So all files belong to
	# the user, who can remove them.
	mkdir "$dir/root"
	tar -C "$dir/root" --exclude='./dev/*' -xf "$dir/root.tar"
	rm "$dir/root.tar"
	allow_sparse "$dir"/root/usr/src/linux-headers-*-common*/scripts
}

# Since Linux 7.2, Makefiles call checker-valid.sh before sparse. Debian's
# headers lack this script.
allow_sparse() {
	local script=$1/checker-valid.sh

	[[ ! -e $script ]] || return 0
	printf '#!/bin/sh\necho 1\n' >"$script"
	chmod +x "$script"
}

[[ $# == 1 ]] || die "usage: buildroot.sh KERNEL"
need mmdebstrap tar
kernel_line "$1"
[[ $package != linux-source* ]] || die "kernel $1 is not from a Debian suite."
kernel=$("$vm/fetch.sh" "$1")
packages=("linux-headers-$(<"$kernel/release")" dkms kmod make sparse)
cached "$1-root" "${packages[*]} of $suites, layout 1" mkbuildroot
echo "$cache/$1-root/root"
