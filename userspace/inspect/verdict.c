// SPDX-License-Identifier: GPL-2.0-only
/* The merge rules, which the module and the program compile from one source. */
#include "inspect/verdict.h"
#include "../../module/trace/verdict.c"
