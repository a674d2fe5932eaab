#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# buildroot.sh KERNEL
#
# Make a root file system of the kernel's own suite, once, and print its directory. It
# contains the kernel's headers, the compiler that the headers depend on, and dkms.
# inroot.sh runs commands there.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

mkbuildroot() {
	local dir=$1

	say "making a root file system of ${suites%%,*} to build in ..."
	bootstrap "$suites" "$dir/root.tar" "${packages[@]}" ||
		die "if $suites has no ${packages[0]} any more, remove" \
			"$kernel: a newer kernel will come."
	# Extracted without root, all files belong to the user, who can remove them.
	mkdir "$dir/root"
	tar -C "$dir/root" --exclude='./dev/*' -xf "$dir/root.tar"
	rm "$dir/root.tar"
	allow_sparse "$dir"/root/usr/src/linux-headers-*-common/scripts
}

# Makefiles since 7.2 call a script about sparse that is missing from the headers.
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
