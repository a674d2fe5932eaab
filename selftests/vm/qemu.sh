#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# qemu.sh
#
# Print the path of the QEMU that runs the virtual machines. Debian's backports have
# a newer version than its stable release: 10.0 needs only two thirds of the
# processor time of 7.2 for our tests. The newer QEMU is unpacked into the cache,
# unless the cache already contains it. The newer QEMU uses the libraries of the
# installed package. Without backports, the installed QEMU is used.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

packages=(qemu-system-x86 qemu-system-common qemu-system-data seabios)
release=$(. /etc/os-release && echo "${VERSION_CODENAME:-sid}")
backports=$release-backports

apt() {
	"$vm/apt.sh" "$release,$backports" "$@"
}

unpack_newer() {
	local dir=$1 deb

	apt apt-get -qq update &&
		(cd "$dir" && apt apt-get -qq download \
			"${packages[@]/%//$backports}") || return
	for deb in "$dir"/*.deb; do
		dpkg -x "$deb" "$dir" || return
		rm "$deb"
	done
	cat >"$dir/qemu" <<-END
		#!/bin/sh
		share='$cache/qemu/usr/share'
		exec '$cache/qemu/usr/bin/qemu-system-x86_64' -L "\$share/qemu" \\
			-L "\$share/seabios" "\$@"
	END
	chmod +x "$dir/qemu"
	"$dir/usr/bin/qemu-system-x86_64" --version >/dev/null
}

unpack() {
	local dir=$1

	say "taking QEMU out of $backports ..."
	unpack_newer "$dir" 2>"$dir/errors" || {
		say "not possible, the installed one is used instead:" \
			"$(tail -n 1 "$dir/errors")"
		ln -sf "$(command -v qemu-system-x86_64)" "$dir/qemu"
	}
}

need apt-get dpkg qemu-system-x86_64
cached qemu "${packages[*]} of $backports, layout 1" unpack
echo "$cache/qemu/qemu"
