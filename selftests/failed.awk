# SPDX-License-Identifier: GPL-2.0-only
#
# Print a part of the log of kselftest's run_tests: the lines of test files that
# failed or did not end, and the lines between test files.

/^# selftests: [^:]+: / && !file	{ file = $NF; text = "" }

!file					{ print; next }

{ text = text $0 "\n" }

/^not ok [0-9]+ selftests: /		{ printf "%s", text }
/^(not )?ok [0-9]+ selftests: /		{ file = "" }

END					{ if (file) printf "%s", text }
