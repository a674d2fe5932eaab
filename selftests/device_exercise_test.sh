#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Run device_exercise on regions of each method, and on regions that are backed
# by a file. The file is on disk, in memory, or on a file system that is
# sometimes frozen. On the file system that is frozen, pages are also poisoned.
# With SOAK=1, each run has 100,000 operations, and more file systems are
# tested.
#
# Depends on: the kernel.

# shellcheck source=tap.sh disable=SC2317
. "$(dirname "$0")/tap.sh"

operations=${OPERATIONS:-2000}
systems=ext4
if [[ ${SOAK:-} ]]; then
	operations=100000
	systems='ext4 xfs btrfs overlay'
fi
seed=${SEED:-$RANDOM}
work=$(mktemp -d /var/tmp/exercise.XXXXXX)
trap 'rm -rf "$work"' EXIT

exercise() {
	"$programs/device_exercise" -n "$operations" -s "$seed" "$@"
}

# With -x, device_exercise changes bytes. The program must detect and report this
# change.
finds_what_is_wrong() {
	local said

	said=$(exercise -f "$work/wrong" -x 2>&1) && {
		echo 'device_exercise did not find the byte that was changed'
		return 1
	}
	grep -q "of seed $seed\$" <<<"$said" || {
		echo "$said"
		return 1
	}
}

# mounted FS DIRECTORY: mount a new file system in memory at DIRECTORY.
mounted() {
	truncate -s 320M "/dev/shm/exercise.$1" &&
		"mkfs.$1" -q "/dev/shm/exercise.$1" &&
		mount -o loop "/dev/shm/exercise.$1" "$2"
}

# laid_over DIRECTORY: mount an overlayfs at DIRECTORY. The layers of the
# overlayfs are on a new file system at DIRECTORY.below.
laid_over() {
	mkdir "$1.below" && mounted ext4 "$1.below" &&
		mkdir "$1.below/"{lower,upper,work} &&
		mount -t overlay -o "lowerdir=$1.below/lower,upperdir=$1.below/upper,workdir=$1.below/work" \
			none "$1"
}

# on FS: run device_exercise on a new file system of type FS. Sometimes freeze
# the file system and poison pages.
on() {
	local folder=$work/$1 frozen=$work/$1 status=0

	mkdir "$folder" || return
	if [[ $1 == overlay ]]; then
		laid_over "$folder" && frozen=$folder.below
	else
		mounted "$1" "$folder"
	fi && exercise -f "$folder/file" -F "$frozen" -p || status=1
	mountpoint -q "$folder" && umount "$folder"
	[[ $1 != overlay ]] || umount "$folder.below"
	rm -f "/dev/shm/exercise."*
	return "$status"
}

need_module
echo "# seed $seed, $operations operations each"
for method in page insert pfn remap around huge prepare; do
	check "no error is found with method $method" \
		exercise -m $method
done
check 'no error is found with a backing file on the disk' exercise -f "$work/file"
check 'no error is found with a backing file in memory' exercise -f /dev/shm/exercise
rm -f /dev/shm/exercise
modprobe -qa loop overlay xfs btrfs
for system in $systems; do
	made=${system/overlay/ext4}
	if ! command -v "mkfs.$made" >/dev/null; then
		skip "no error on $system with freezes and poison" "needs mkfs.$made"
	elif ! [[ -e /sys/devices/system/memory/hard_offline_page ]]; then
		skip "no error on $system with freezes and poison" \
			"the kernel has no CONFIG_MEMORY_FAILURE"
	else
		check "no error on $system with freezes and poison" on "$system"
	fi
done
check 'an inserted error is found' finds_what_is_wrong
finish
