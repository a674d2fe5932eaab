/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine of a recording, and its settings of huge pages. */
#ifndef _REPORT_MACHINE_H
#define _REPORT_MACHINE_H

#include "base/line.h"
#include "record/meta_read.h"

struct json_object;
struct printer;

/* Print the machine in short lines, if the recording has it. */
void machine_lines(struct printer *printer, const struct meta *meta);

/* Write the machine and all settings. Return 0 or -errno. */
int machine_text(FILE *out, const struct style *style, const struct meta *meta);

/*
 * Add the members machine, thp_settings and hugetlb, unless the recording lacks them. If
 * there is no memory, free @object and return NULL.
 */
struct json_object *machine_json(struct json_object *object, const struct meta *meta);

#endif /* _REPORT_MACHINE_H */
