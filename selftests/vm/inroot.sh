#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# inroot.sh [--bind OUTSIDE=INSIDE]... KERNEL COMMAND [ARGUMENT...]
#
# Run COMMAND as root, or as root of a user namespace, in the root file system that
# buildroot.sh makes for a kernel. This project, /tmp, /proc, /dev and the current
# directory are the same as outside of the root file system. --bind adds a directory.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

binds=(/proc=/proc /dev=/dev /tmp=/tmp "$top=$top")
while [[ ${1:-} == --bind ]]; do
	binds+=("$2")
	shift 2
done
[[ $# -ge 2 ]] || die "usage: inroot.sh [--bind A=B]... KERNEL COMMAND..."
root=$("$vm/buildroot.sh" "$1")
shift

user=()
((!EUID)) || user=(--map-root-user)
# The mounts are visible only to the command, and disappear when the command ends.
# objtool needs /proc.
exec unshare --mount "${user[@]}" bash -euc '
	root=$1 here=$2 binds=("${@:4:$3}")
	shift $((3 + $3))
	for bind in "${binds[@]}"; do
		mkdir -p "$root${bind#*=}"
		mount --rbind "${bind%%=*}" "$root${bind#*=}"
	done
	exec chroot "$root" env -C "$here" \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		"$@"
' bash "$root" "$PWD" "${#binds[@]}" "${binds[@]}" "$@"
