/* SPDX-License-Identifier: GPL-2.0-only */
/* The call instructions of x86. A return address is the address at which a call ends. */
#ifndef _MMAPDEMO_ARCH_CALL_H
#define _MMAPDEMO_ARCH_CALL_H

#include <linux/types.h>

/* Maximum length of a call instruction, without prefixes. */
#define CALL_MAX 7

/* Return the length of an instruction with a one-byte opcode and a ModRM byte. */
static inline int call_length(const u8 *code)
{
	const int mod = code[1] >> 6, rm = code[1] & 7;
	const bool sib = mod != 3 && rm == 4;
	const bool has_disp32 = mod == 2 ||
		(mod == 0 && (rm == 5 || (sib && (code[2] & 7) == 5)));

	return 2 + sib + (mod == 1) + 4 * has_disp32;
}

/*
 * Return true if a call instruction (e8, or ff /2) ends just before the last
 * byte of @code. The last byte is 0.
 */
static inline bool call_ends(const u8 code[CALL_MAX + 1])
{
	int length;

	if (code[CALL_MAX - 5] == 0xe8)
		return true;
	for (length = 2; length <= CALL_MAX; length++) {
		const u8 *at = code + CALL_MAX - length;

		if (at[0] == 0xff && (at[1] >> 3 & 7) == 2 &&
		    call_length(at) == length)
			return true;
	}
	return false;
}

#endif /* _MMAPDEMO_ARCH_CALL_H */
