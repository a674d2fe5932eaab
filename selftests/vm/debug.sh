#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug.sh DIR
#
# Build the kernel with all sanitizers from Debian's kernel source and debug.config.
# Leaves in DIR what fetch.sh leaves of a packaged kernel. Takes about half an hour
# on two processors.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

source_package=linux-source-6.12
fragment=$vm/debug.config

# kernel_make TARGET...: run make quietly, and show only errors.
kernel_make() {
	make -s -C "$dir/source" O="$dir/objects" -j"$(nproc)" "$@" \
		>>"$dir/build.log" 2>&1 || {
		tail -n 20 "$dir/build.log" >&2
		die "the kernel does not build: make $*"
	}
}

unpack() {
	say "taking the kernel's source out of $source_package ..."
	"$vm/apt.sh" "$suites" apt-get -qq update
	(cd "$dir" && "$vm/apt.sh" "$suites" apt-get -qq download "$source_package")
	mkdir "$dir/source" "$dir/objects"
	dpkg --fsys-tarfile "$dir"/*.deb |
		tar -xO "./usr/src/$source_package.tar.xz" |
		tar -xJC "$dir/source" --strip-components=1
	rm "$dir"/*.deb
}

# kconfig silently drops options that it cannot grant.
configure() {
	local line

	kernel_make tinyconfig
	"$dir/source/scripts/kconfig/merge_config.sh" -m -O "$dir/objects" \
		"$dir/objects/.config" "$fragment" >>"$dir/build.log"
	kernel_make olddefconfig
	while read -r line; do
		grep -qxF "$line" "$dir/objects/.config" ||
			die "the configuration does not grant $line"
	done < <(grep -E '^(CONFIG_|# CONFIG_)' "$fragment")
}

# Keep what a module is built with, as in Debian's headers.
keep_headers() {
	kernel_make run-command KBUILD_RUN_COMMAND="\
		\$(srctree)/scripts/package/install-extmod-build $dir/build"
}

[[ $# == 1 ]] || die "usage: debug.sh DIR"
need apt-get dpkg tar xz make gcc flex bison bc
dir=$1
kernel_line debug
unpack
configure
say "building the kernel, which takes half an hour ..."
kernel_make bzImage modules
keep_headers
release=$(make -s -C "$dir/source" O="$dir/objects" kernelrelease)
# Use the bzImage: the PVH entry of the ELF file runs instrumented code before KASAN
# has its shadow memory.
cp "$dir/objects/arch/x86/boot/bzImage" "$dir/vmlinux"
mkdir -p "$dir/lib/modules/$release"
cp "$dir"/objects/modules.{order,builtin,builtin.modinfo} \
	"$dir/lib/modules/$release/"
depmod -b "$dir" "$release"
echo "$release" >"$dir/release"
rm -r "$dir/source" "$dir/objects"
