#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# watched.sh METHOD COMMAND [ARGUMENT...]
#
# In the guest: runs COMMAND while all events of everybody are recorded, into an
# instance of its own, with functions attached to by METHOD: direct or kretprobe.

tracing=/sys/kernel/tracing
watching=$tracing/instances/watching

die() {
	echo "watched.sh: $*" >&2
	exit 1
}

# What every processor recorded in all, with what was overwritten since.
recorded() {
	awk '/^(entries|overrun):/ { sum += $2 } END { print sum + 0 }' \
		$watching/per_cpu/cpu*/stats
}

method=$1
shift
# A module that is unloaded takes its events with it, and what was recorded: while
# somebody has its device open no test does that.
exec {device}</dev/mmapdemo || die "cannot open the device."
echo "$method" >/sys/module/mmapdemo/parameters/attach ||
	die "cannot attach by $method."
mkdir $watching || die "cannot make an instance of tracefs."
echo 1 >$watching/events/mmapdemo/enable || die "cannot enable the events."
"$@" {device}<&-
status=$?
echo 0 >$watching/events/mmapdemo/enable
count=$(recorded)
rmdir $watching
echo "# $count events recorded meanwhile, attached by $method"
((count)) || die "nothing was recorded."
exit $status
