#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# fetch.sh [--cached] KERNEL
#
# Print a directory of the cache that contains a kernel of the list. If the directory
# does not exist yet, unpack the Debian packages of the kernel image and of the
# headers. debug.sh builds kernels from source. With --cached, nothing is unpacked or
# built, and a missing kernel is an error. The directory contains:
#
# release      what uname -r prints
# vmlinux      the kernel as an ELF file. QEMU starts this file through its PVH
#              entry, so the guest does not have to decompress the kernel
# lib/modules  its modules, with modules.dep
# build        its headers, ready for kbuild

set -euo pipefail
. "$(dirname "$0")/lib.sh"

apt() {
	"$vm/apt.sh" "$suites" "$@"
}

# depends PACKAGE...: print all kernel packages on which these packages depend.
depends() {
	apt apt-cache depends --recurse --no-recommends --no-suggests \
		--no-conflicts --no-breaks --no-replaces --no-enhances "$@" |
		grep -E '^linux-(image|binary|modules|base|headers|kbuild)-[0-9]'
}

# real_image PACKAGE: print the package of the kernel image on which a meta
# package depends.
real_image() {
	depends "$1" | grep -m1 -E '^linux-image-[0-9]+\.[0-9]+\.[0-9]+' ||
		die "$1: no kernel image found in $suites."
}

# update: read the package lists of the mirror.
update() {
	say "asking apt for $package of $suites ..."
	apt apt-get -qq update
	touch "$cache/apt/$suites/updated"
}

# newest_image: print the package of the newest kernel image. Read the package lists
# at most once a day.
newest_image() {
	local updated=$cache/apt/$suites/updated

	[[ -f $updated && ! $(find "$updated" -mtime +0) ]] || update
	real_image "$package"
}

unpack_debs() {
	local dir=$1 release=$2

	mkdir "$dir/debs"
	# shellcheck disable=SC2046 # one argument per package
	(cd "$dir/debs" && apt apt-get -qq download \
		$(depends "linux-image-$release" "linux-headers-$release"))
	for deb in "$dir"/debs/*.deb; do
		dpkg -x "$deb" "$dir"
	done
	rm -r "$dir/debs"
	# In newer packages, all files are below /usr.
	if [[ -d $dir/usr/lib/modules ]]; then
		mkdir -p "$dir/lib/modules"
		cp -a "$dir/usr/lib/modules/." "$dir/lib/modules/"
		rm -r "$dir/usr/lib/modules"
	fi
}

# The Makefile of the headers includes another Makefile by an absolute path.
relocate_headers() {
	local dir=$1 final=$2 release=$3
	local headers=usr/src/linux-headers-$release

	sed -i "s#\([ =]\)/usr/src/#\1$final/usr/src/#" "$dir/$headers/Makefile"
	ln -s "$headers" "$dir/build"
	# Remove links to the directories in which the headers would be installed.
	rm -f "$dir/lib/modules/$release/"{build,source}
}

fetch() {
	local name=$1 dir=$2 release vmlinuz

	update
	release=$(real_image "$package")
	release=${release#linux-image-}
	[[ $name == newest* || $release == "${name%%-*}".* ]] ||
		die "the newest $package of $suites is $release, not ${name%%-*}."
	say "downloading and unpacking kernel $release ..."
	unpack_debs "$dir" "$release"
	relocate_headers "$dir" "$cache/$name" "$release"
	for vmlinuz in "$dir/boot/vmlinuz-$release" \
		"$dir/lib/modules/$release/vmlinuz"; do
		[[ ! -f $vmlinuz ]] || break
	done
	"$vm/vmlinux.sh" "$vmlinuz" >"$dir/vmlinux"
	depmod -b "$dir" "$release"
	echo "$release" >"$dir/release"
}

only_cached=
if [[ ${1:-} == --cached ]]; then
	only_cached=1
	shift
fi
[[ $# == 1 ]] || die "usage: fetch.sh [--cached] KERNEL"
kernel_line "$1"
key="$package of $suites, layout 1"
make=(fetch "$1")
if [[ $package == linux-source* ]]; then
	# shellcheck disable=SC2046 # split into words
	key+=", $(grep -hE '^(# )?CONFIG_' $(config_files "$1") | sha256sum)"
	make=("$vm/debug.sh" "$1")
fi
if [[ $1 == newest* ]]; then
	image=$(newest_image)
	key+=", $image"
fi
if [[ $only_cached ]]; then
	is_cached "$1" "$key" || exit
else
	need apt-get apt-cache dpkg depmod
	cached "$1" "$key" "${make[@]}"
fi
echo "$cache/$1"
