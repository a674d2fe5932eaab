// SPDX-License-Identifier: GPL-2.0-only
/* One source of the merge rules, for the module and for the program. */
#include "inspect/verdict.h"
#include "../../module/trace/verdict.c"
