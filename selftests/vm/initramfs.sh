#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# initramfs.sh KERNEL
#
# Print the path of the initramfs with which a kernel of the list mounts the guest's
# root file system. If the initramfs does not exist yet, make it. The initramfs
# contains busybox, our init, and the necessary modules. For a kernel without 9p, the
# file modules.ext4 next to the initramfs contains all modules of the kernel.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

# Not all of these are modules on every kernel, because some kernels have them
# built in. ext4 requests crc32c only by an alias.
modules=(
	virtio_pci virtio_blk virtio_console
	crc32c_generic ext4
	9pnet_virtio 9p
)

# load_order NAME: print the paths of the dependencies of a module, and then the path
# of the module. Print nothing if the module is built in.
load_order() {
	awk -F'[: ]+' -v "want=$1" '
		function name(path) {
			gsub(/.*\/|\.ko.*/, "", path)
			gsub(/-/, "_", path)
			return path
		}
		name($1) == want {
			for (i = NF; i >= 1; i--)
				if ($i != "")
					print $i
		}' "$kernel/lib/modules/$release/modules.dep"
}

# mkmodules DIR: make the image of all modules of a kernel without 9p.
mkmodules() {
	local image=$1/modules.ext4 all=$kernel/lib/modules/$release

	truncate -s "$(du -sm --apparent-size "$all" | awk '{
		print int($1 * 1.3) + 16 }')M" "$image"
	mke2fs -q -t ext4 -O ^has_journal -d "$all" "$image"
}

mkinitramfs() {
	local dir=$1 root=$1/root module path

	mkdir -p "$root"/{bin,modules,dev,proc,sys,newroot}
	cp "$(command -v busybox)" "$root/bin/busybox"
	ln -s busybox "$root/bin/sh"
	cp "$vm/init" "$root/init"
	chmod +x "$root/init"
	for module in "${modules[@]}"; do
		load_order "$module"
	done | awk '!seen[$0]++' | while read -r path; do
		cp "$kernel/lib/modules/$release/$path" "$root/modules/"
		echo "${path##*/}"
	done >"$root/modules/order"
	# In Debian 13 and later, modules are compressed.
	if compgen -G "$root/modules/*.xz" >/dev/null; then
		xz -d "$root"/modules/*.xz
	fi
	sed -i 's/\.xz$//' "$root/modules/order"
	(cd "$root" && find . | cpio -o -H newc --quiet -R 0:0) \
		>"$dir/initramfs.cpio"
	grep -qh '/9pnet_virtio\.ko' "$kernel/lib/modules/$release"/modules.{dep,builtin} ||
		mkmodules "$dir"
	rm -r "$root"
}

[[ $# == 1 ]] || die "usage: initramfs.sh KERNEL"
need busybox cpio mke2fs xz
kernel=$("$vm/fetch.sh" "$1")
release=$(<"$kernel/release")
key="$release, $(cat "$vm/init" "$0" | sha256sum)"
cached "$1-initramfs" "$key" mkinitramfs
echo "$cache/$1-initramfs/initramfs.cpio"
