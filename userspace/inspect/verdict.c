// SPDX-License-Identifier: GPL-2.0-only
/* One source of the rules, for the kernel and for the program. */
#include "inspect/verdict.h"
#include "../../module/trace/verdict.c"
