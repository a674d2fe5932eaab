#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kbuild.sh KDIR|KERNEL BUILD MAKE...
#
# Build the module against the kernel headers in KDIR, or against the headers of a
# kernel of the list. All output goes to BUILD, not to the source tree. kbuild writes
# its output next to the sources, so BUILD becomes a tree of links to the sources.
# With SOURCES=DIR, build the module whose sources and Kbuild are in DIR. With
# TARGETS=, build only these object files.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

kdir=$1 build=$2
shift 2

# Print the argument that names the compiler. If the kernel was built with clang, use
# this version of clang, or the default version. Otherwise, the headers may name a
# compiler. If this compiler is missing, use gcc instead.
compiler() {
	local cc version

	version=$(sed -n 's/^CONFIG_CLANG_VERSION=\(.*\)[0-9]\{4\}$/\1/p' \
		"$kdir/include/config/auto.conf" 2>/dev/null || true)
	if [[ $version ]]; then
		command -v "clang-$version" >/dev/null &&
			echo "LLVM=-$version" || echo LLVM=1
		return
	fi
	cc=$(sed -n 's/^CC *=.*[ )]//p' "$kdir/.kernelvariables" 2>/dev/null ||
		true)
	if [[ $cc ]] && ! command -v "$cc" >/dev/null; then
		echo CC=gcc
	fi
}

# Print the suffix in the name of the package that has these headers.
package_suffix() {
	local release=${kdir#/lib/modules/}

	[[ $release == "$kdir" ]] && release=amd64
	echo "${release%%/*}"
}

link_sources() {
	mkdir -p "$build"
	if [[ ${SOURCES:-} ]]; then
		cp -rsf "$top/$SOURCES"/* "$build/"
	else
		cp -rsf "$top"/{Kbuild,module,uapi} "$build/"
	fi
	# Remove links to sources that no longer exist.
	find "$build" -xtype l -delete
}

# If KDIR is empty, the caller has already reported that the headers are missing.
[[ $kdir ]] || exit 1
# Build without BTF, because not every machine has pahole, and the types of our
# module are not looked up.
read -ra targets <<<"${TARGETS:-modules}"
make=("$@" M="$build" CONFIG_DEBUG_INFO_BTF_MODULES= "${targets[@]}")
root=
if [[ $kdir != */* ]]; then
	kernel=$kdir
	kernel_line "$kernel"
	kdir=$("$vm/fetch.sh" "$kernel")/build
fi
if [[ $root ]]; then
	link_sources
	release=$(<"${kdir%/build}/release")
	exec "$vm/inroot.sh" "$kernel" \
		"${make[@]}" -C "/lib/modules/$release/build"
fi
[[ -f $kdir/Makefile ]] ||
	die "no kernel headers in $kdir, run: apt-get install" \
		"linux-headers-$(package_suffix)"
cc=$(compiler)
[[ $cc == LLVM* ]] || command -v gcc >/dev/null ||
	die "no compiler, run: apt-get install gcc"
link_sources
exec "${make[@]}" -C "$kdir" ${cc:+"$cc"}
