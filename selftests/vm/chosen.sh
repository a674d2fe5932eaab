#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# chosen.sh
#
# Print the kernels that make check tests if the user names none: those of the list
# without the options turn and request, and two kernels whose turn it is. With ALL=1,
# print all kernels without the option request.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

awk -v all="${ALL:-}" -v number="$(commit_number)" '
	!/^[^#]/ || $3 ~ /^linux-source/ || $4 ~ /request/ { next }
	all || $4 !~ /turn/ { print $1; next }
	$4 ~ /quick/ { quick[quicks++] = $1; next }
	{ whole[wholes++] = $1 }
	END {
		if (wholes)
			print whole[number % wholes]
		if (quicks)
			print quick[number % quicks]
	}' "$vm/kernels"
