// SPDX-License-Identifier: GPL-2.0-only
#include "base/gaps.h"

#include <stdarg.h>
#include <stdio.h>

void gaps_add(struct gaps *gaps, const char *format, ...)
{
	va_list args;

	if (gaps->count == GAPS_MAX)
		return;
	va_start(args, format);
	vsnprintf(gaps->list[gaps->count++], sizeof(gaps->list[0]), format,
		  args);
	va_end(args);
}
