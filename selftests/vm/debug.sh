#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# debug.sh KERNEL DIR
#
# Build a kernel of the list with sanitizers, from Debian's kernel source,
# debug.config and, if it exists, KERNEL.config. Then DIR contains the same files as
# the directory that fetch.sh makes for a packaged kernel. The build takes about half
# an hour on two processors.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

# The version of clang for kernels that are built with clang. kCFI needs at least 16.
clang=19

# kernel_make TARGET...: run make quietly, and show only errors.
kernel_make() {
	make -s -C "$dir/source" O="$dir/objects" -j"$(nproc)" "${options[@]}" "$@" \
		>>"$dir/build.log" 2>&1 || {
		tail -n 20 "$dir/build.log" >&2
		die "the kernel does not build: make $*"
	}
}

# source_package: print the name of the package with the source. If $package is
# linux-source, print the newest such package.
source_package() {
	[[ $package != linux-source ]] || "$vm/apt.sh" "$suites" \
		apt-cache depends linux-source | sed -n 's/^ *Depends: //p'
	[[ $package == linux-source ]] || echo "$package"
}

unpack() {
	local name

	"$vm/apt.sh" "$suites" apt-get -qq update
	name=$(source_package)
	say "taking the kernel's source out of $name ..."
	(cd "$dir" && "$vm/apt.sh" "$suites" apt-get -qq download "$name")
	mkdir "$dir/source" "$dir/objects"
	dpkg --fsys-tarfile "$dir"/*.deb |
		tar -xO "./usr/src/$name.tar.xz" |
		tar -xJC "$dir/source" --strip-components=1
	rm "$dir"/*.deb
}

# wishes: print the lines of all fragments. If several lines set the same option,
# the last one takes effect.
wishes() {
	sed -nE 's/^(# )?(CONFIG_[A-Za-z0-9_]+)[= ].*/\2 &/p' "${fragments[@]}" |
		awk '{ name = $1; sub(/^[^ ]+ /, ""); wish[name] = $0 }
			END { for (name in wish) print wish[name] }'
}

# granted LINE: return 0 if the configuration has the option as LINE requests it. An
# option also counts as "not set" if it does not exist, or if it depends on an option
# that is off.
granted() {
	local config=$dir/objects/.config name=${1#\# }

	if [[ $1 == \#* ]]; then
		grep -q "^${name% is not set}=" "$config" && return 1
		return 0
	fi
	grep -qxF "$1" "$config"
}

# kconfig silently drops options whose dependencies are not met, so check the result.
configure() {
	local line

	kernel_make tinyconfig
	"$dir/source/scripts/kconfig/merge_config.sh" -m -O "$dir/objects" \
		"$dir/objects/.config" "${fragments[@]}" >>"$dir/build.log"
	kernel_make olddefconfig
	while read -r line; do
		granted "$line" || die "the configuration does not grant $line"
	done < <(wishes)
}

# Keep the files that are needed to build a module, as in Debian's headers.
keep_headers() {
	kernel_make run-command KBUILD_RUN_COMMAND="\
		\$(srctree)/scripts/package/install-extmod-build $dir/build"
}

[[ $# == 2 ]] || die "usage: debug.sh KERNEL DIR"
need apt-get dpkg tar xz make gcc flex bison bc
dir=$2
kernel_line "$1"
mapfile -t fragments < <(config_files "$1")
# Instrument only modules for KCSAN, because we are not looking for races of the
# kernel itself.
options=()
! grep -qx CONFIG_KCSAN=y "${fragments[@]}" || options+=(KCSAN_SANITIZE=n)
if grep -qx CONFIG_CFI_CLANG=y "${fragments[@]}"; then
	"$vm/deps.sh" "clang-$clang" "lld-$clang" "llvm-$clang"
	options+=("LLVM=-$clang")
fi
unpack
configure
say "building the kernel, which takes half an hour ..."
kernel_make bzImage modules
keep_headers
release=$(make -s -C "$dir/source" O="$dir/objects" kernelrelease)
# Use the bzImage, because the PVH entry of the ELF file runs instrumented code
# before KASAN has its shadow memory.
cp "$dir/objects/arch/x86/boot/bzImage" "$dir/vmlinux"
mkdir -p "$dir/lib/modules/$release"
cp "$dir"/objects/modules.{order,builtin,builtin.modinfo} \
	"$dir/lib/modules/$release/"
depmod -b "$dir" "$release"
echo "$release" >"$dir/release"
rm -r "$dir/source" "$dir/objects"
