// SPDX-License-Identifier: GPL-2.0-only
/* The merge rules. The module and the program compile the same source file. */
#include "inspect/verdict.h"
#include "../../module/trace/verdict.c"
