# SPDX-License-Identifier: GPL-2.0-only
#
# Print the part of a log of kselftest's run_tests that is about files which failed
# or did not end, and the lines between files.

/^# selftests: [^:]+: / && !file	{ file = $NF; text = "" }

!file					{ print; next }

{ text = text $0 "\n" }

/^not ok [0-9]+ selftests: /		{ printf "%s", text }
/^(not )?ok [0-9]+ selftests: /		{ file = "" }

END					{ if (file) printf "%s", text }
