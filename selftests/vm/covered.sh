#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# covered.sh COMMAND [ARGUMENT...]
#
# In the guest, run COMMAND with programs and a module that count which lines they
# execute. Write the counts of each object file to a file below /out that has the
# path of the object file.

counts=/sys/kernel/debug/gcov

# Programs that run as other users write counts, too.
umask 0
export GCOV_PREFIX=/out GCOV_ERROR_FILE=/dev/null
"$@"
status=$?
if [[ -d $counts ]]; then
	cd $counts || exit
	# The files have a size of 0 until they are read. So copy each file with cat,
	# which does not need the size.
	find . -name '*.gcda' -path '*/module/*' | while read -r file; do
		mkdir -p "/out/${file%/*}" && cat "$file" >"/out/$file"
	done
fi
exit $status
