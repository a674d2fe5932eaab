#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# watched.sh METHOD COMMAND [ARGUMENT...]
#
# In the guest: run COMMAND while all events of all processes are recorded in a
# separate trace instance, attached by METHOD: direct or kretprobe.

tracing=/sys/kernel/tracing
watching=$tracing/instances/watching

die() {
	echo "watched.sh: $*" >&2
	exit 1
}

# recorded: print the number of events recorded on all CPUs, including overwritten ones.
recorded() {
	awk '/^(entries|overrun):/ { sum += $2 } END { print sum + 0 }' \
		$watching/per_cpu/cpu*/stats
}

method=$1
shift
# Unloading the module would remove its events and what was recorded. While the
# device is open, no test can unload it.
exec {device}</dev/mmapdemo || die "cannot open the device."
echo "$method" >/sys/module/mmapdemo/parameters/attach ||
	die "cannot attach by $method."
mkdir $watching || die "cannot create a tracefs instance."
echo 1 >$watching/events/mmapdemo/enable || die "cannot enable the events."
"$@" {device}<&-
status=$?
echo 0 >$watching/events/mmapdemo/enable
count=$(recorded)
rmdir $watching
echo "# $count events recorded meanwhile, attached by $method"
((count)) || die "nothing was recorded."
exit $status
