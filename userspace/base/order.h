/* SPDX-License-Identifier: GPL-2.0-only */
/* Comparison of two numbers, for use in comparison functions. */
#ifndef _ORDER_H
#define _ORDER_H

/* Return -1, 0 or 1 if @a is less than, equal to or greater than @b. */
#define ORDER(a, b) ((a) < (b) ? -1 : (a) > (b))

#endif /* _ORDER_H */
