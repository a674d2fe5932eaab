/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables with the names of the values in events. uapi/mmapdemo.h has lists of
 * the names that the module defines.
 */
#ifndef _NAMES_H
#define _NAMES_H

#include <linux/types.h>
#include <stddef.h>

struct name {
	__u64 value;
	const char *name;
};

/* Tables of names. The last entry of each table has a NULL name. */
extern const struct name names_class[];
extern const struct name names_access[];
extern const struct name names_origin[];
extern const struct name names_levels[];
extern const struct name names_entry[];
extern const struct name names_outcome[];
extern const struct name names_cause[];
extern const struct name names_trigger[];
extern const struct name names_syscall[];
extern const struct name names_reason[];
extern const struct name names_huge[];
extern const struct name names_flush[];
extern const struct name names_error_code[];
extern const struct name names_advice[];
extern const struct name names_by[];
extern const struct name names_vm_flags[];
extern const struct name names_prot[];
extern const struct name names_map[];
extern const struct name names_mremap[];
extern const struct name names_vm[];
extern const struct name names_ret[];

/* Return the name of @value, or "?" if @value has no name. */
const char *name_of(const struct name *names, __u64 value);

/* Write the name of a system call to @text: "mprotect()", or "system call 999". */
#define NAME_CALL_MAX 32
const char *name_call(char text[NAME_CALL_MAX], __s64 nr);

/*
 * Return the reason why a probe can't be attached, as text. @error is
 * mmapdemo_probe.error.
 */
const char *name_attach_error(int error);

/* Like strerror(), but explain what EUNATCH and EOPNOTSUPP of the module mean. */
const char *name_error(int error);

#endif /* _NAMES_H */
