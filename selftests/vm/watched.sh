#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# watched.sh METHOD COMMAND [ARGUMENT...]
#
# In the guest, run COMMAND while all events of all processes are recorded in a
# separate trace instance. Probes are attached by METHOD, which is direct or
# kretprobe.

tracing=/sys/kernel/tracing
watching=$tracing/instances/watching

die() {
	echo "watched.sh: $*" >&2
	exit 1
}

# recorded: print the number of events that were recorded on all CPUs, including
# events that were overwritten.
recorded() {
	awk '/^(entries|overrun):/ { sum += $2 } END { print sum + 0 }' \
		$watching/per_cpu/cpu*/stats
}

method=$1
shift
# If a test unloaded the module, its events and the recorded data would be lost.
# While the device is open, no test can unload the module.
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
