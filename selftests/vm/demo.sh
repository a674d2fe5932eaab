#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# demo.sh KERNEL
#
# Runs selftests/demo.sh in a virtual machine.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

say "booting kernel $1 ..."
exec "$vm/run.sh" "$1" --timeout 180 -- bash selftests/demo.sh
