/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of the cost of fork() and vfork(). */
#ifndef _FORKS_TEXT_H
#define _FORKS_TEXT_H

#include "base/printer.h"
#include "report/summary.h"

/* Print the lines about forks, if there were forks. */
void forks_text(struct printer *printer, const struct summary *summary);

#endif /* _FORKS_TEXT_H */
