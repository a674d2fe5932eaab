#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# initramfs.sh KERNEL
#
# Print the path of the initramfs with which a kernel of the list mounts the guest's
# root file system. If the initramfs does not exist yet, make it. The initramfs
# contains busybox, our init, and the necessary modules.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

# Some of these modules are built into some kernels. ext4 requests crc32c only by an
# alias.
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
	rm -r "$root"
}

[[ $# == 1 ]] || die "usage: initramfs.sh KERNEL"
need busybox cpio xz
kernel=$("$vm/fetch.sh" "$1")
release=$(<"$kernel/release")
key="$release, $(cat "$vm/init" "$0" | sha256sum)"
cached "$1-initramfs" "$key" mkinitramfs
echo "$cache/$1-initramfs/initramfs.cpio"
