/* SPDX-License-Identifier: GPL-2.0-only */
/* The version of the program. The version in dkms.conf is the same. */
#ifndef _VERSION_H
#define _VERSION_H

#define MMAPDEMO_VERSION "0.1"

#endif /* _VERSION_H */
