#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The exerciser on the device, by each method, and with a file behind it, on the
# disk and in memory. More, as one command: device_exercise -n 100000 -f FILE

# shellcheck source=tap.sh disable=SC2317
. "$(dirname "$0")/tap.sh"

operations=${OPERATIONS:-2000}
seed=${SEED:-$RANDOM}
work=$(mktemp -d /var/tmp/exercise.XXXXXX)
trap 'rm -rf "$work"' EXIT

exercise() {
	"$programs/device_exercise" -n "$operations" -s "$seed" "$@"
}

# What finds nothing wrong might not look: this file is changed meanwhile.
finds_what_is_wrong() {
	local said

	said=$(exercise -f "$work/wrong" -x 2>&1) && {
		echo 'a byte was changed, and it found nothing'
		return 1
	}
	grep -q "of seed $seed\$" <<<"$said" || {
		echo "$said"
		return 1
	}
}

need_module
echo "# seed $seed, $operations operations each"
for method in page insert pfn remap around huge prepare; do
	check "the exerciser finds nothing wrong, by $method" \
		exercise -m $method
done
check 'nor with a file on the disk behind it' exercise -f "$work/file"
check 'nor with a file in memory behind it' exercise -f /dev/shm/exercise
rm -f /dev/shm/exercise
check 'and would find it' finds_what_is_wrong
finish
