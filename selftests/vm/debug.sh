#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug.sh DIR
#
# Builds the kernel with every sanitizer, from Debian's kernel source and
# debug.config, and leaves in DIR what fetch.sh leaves of a packaged one. Takes
# about half an hour on two processors.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

source_package=linux-source-6.12
fragment=$vm/debug.config

# kernel_make TARGET...: quiet, but for what goes wrong.
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

# kconfig drops what it can't grant without a word.
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

# What a module is built with, as Debian's own headers have it.
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
# Not the ELF file: its PVH entry runs code that KASAN checks, before KASAN has
# the memory to check it with.
cp "$dir/objects/arch/x86/boot/bzImage" "$dir/vmlinux"
mkdir -p "$dir/lib/modules/$release"
cp "$dir"/objects/modules.{order,builtin,builtin.modinfo} \
	"$dir/lib/modules/$release/"
depmod -b "$dir" "$release"
echo "$release" >"$dir/release"
rm -r "$dir/source" "$dir/objects"
