// SPDX-License-Identifier: GPL-2.0-only
#include "event/vm_flags.h"

#include <stdio.h>

const char *format_vm_flags(char text[FORMAT_MAX], __u64 vm_flags)
{
	snprintf(text, FORMAT_MAX, "%c%c%c%c", vm_flags & VM_READ ? 'r' : '-',
		 vm_flags & VM_WRITE ? 'w' : '-',
		 vm_flags & VM_EXEC ? 'x' : '-',
		 vm_flags & VM_MAYSHARE ? 's' : 'p');
	return text;
}

const char *flag_word(const struct name *flag)
{
	return flag->value == VM_DONTCOPY ? "dontfork" : flag->name;
}
