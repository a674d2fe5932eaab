// SPDX-License-Identifier: GPL-2.0-only
#include "event/names.h"
#include "mmapdemo.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>

#define EM(value, name)		{ value, name },
#define EMe(value, name)	{ value, name }, { 0, NULL }

const struct name names_class[] = { MMAPDEMO_FAULT_CLASSES };
const struct name names_access[] = { MMAPDEMO_ACCESSES };
const struct name names_origin[] = { MMAPDEMO_ORIGINS };
const struct name names_levels[] = { MMAPDEMO_LEVELS };
const struct name names_entry[] = { MMAPDEMO_ENTRY_BITS };
const struct name names_outcome[] = { MMAPDEMO_MERGES };
const struct name names_cause[] = { MMAPDEMO_CAUSES };
const struct name names_reason[] = { MMAPDEMO_REASONS };
const struct name names_huge[] = { MMAPDEMO_HUGE_REASONS };
const struct name names_by[] = { MMAPDEMO_BYS };
const struct name names_vm_flags[] = { MMAPDEMO_VM_FLAGS };

const struct name names_trigger[] = { MMAPDEMO_TRIGGERS };

/* Names of enum flush_reason, derived from the texts that tlb:tlb_flush prints. */
const struct name names_flush[] = {
	EM(0, "task-switch")
	EM(1, "remote-shootdown")
	EM(2, "local-shootdown")
	EM(3, "local-mm-shootdown")
	EM(4, "remote-ipi-send")
	EMe(5, "remote-wrong-cpu")
};

/* MADV_* */
const struct name names_advice[] = {
	EM(0, "normal")
	EM(1, "random")
	EM(2, "sequential")
	EM(3, "willneed")
	EM(4, "dontneed")
	EM(8, "free")
	EM(9, "remove")
	EM(10, "dontfork")
	EM(11, "dofork")
	EM(12, "mergeable")
	EM(13, "unmergeable")
	EM(14, "hugepage")
	EM(15, "nohugepage")
	EM(16, "dontdump")
	EM(17, "dodump")
	EM(18, "wipeonfork")
	EM(19, "keeponfork")
	EM(20, "cold")
	EM(21, "pageout")
	EM(22, "populate_read")
	EM(23, "populate_write")
	EM(24, "dontneed_locked")
	EM(25, "collapse")
	EM(102, "guard_install")
	EMe(103, "guard_remove")
};

/* Bits of the error code of a page fault on x86 */
const struct name names_error_code[] = {
	EM(0x01, "protection")
	EM(0x02, "write")
	EM(0x04, "user")
	EM(0x08, "reserved")
	EM(0x10, "exec")
	EM(0x20, "pkey")
	EM(0x40, "shadow-stack")
	EMe(0x8000, "sgx")
};

/*
 * System calls that change mappings, and other system calls during which events
 * occur
 */
const struct name names_syscall[] = {
	EM(SYS_mmap, "mmap")
	EM(SYS_munmap, "munmap")
	EM(SYS_brk, "brk")
	EM(SYS_mremap, "mremap")
	EM(SYS_mprotect, "mprotect")
	EM(SYS_pkey_mprotect, "pkey_mprotect")
	EM(SYS_madvise, "madvise")
	EM(SYS_process_madvise, "process_madvise")
	EM(SYS_mlock, "mlock")
	EM(SYS_mlock2, "mlock2")
	EM(SYS_munlock, "munlock")
	EM(SYS_mlockall, "mlockall")
	EM(SYS_munlockall, "munlockall")
	EM(SYS_mbind, "mbind")
	EM(SYS_prctl, "prctl")
	EM(SYS_ioctl, "ioctl")
	EM(SYS_close, "close")
	EM(SYS_remap_file_pages, "remap_file_pages")
	EM(SYS_shmat, "shmat")
	EM(SYS_shmdt, "shmdt")
	EM(SYS_io_setup, "io_setup")
	EM(SYS_io_destroy, "io_destroy")
	EM(SYS_read, "read")
	EM(SYS_pread64, "pread64")
	EM(SYS_readv, "readv")
	EM(SYS_write, "write")
	EM(SYS_pwrite64, "pwrite64")
	EM(SYS_writev, "writev")
	EM(SYS_process_vm_readv, "process_vm_readv")
	EM(SYS_process_vm_writev, "process_vm_writev")
	EM(SYS_ptrace, "ptrace")
	EM(SYS_execve, "execve")
	EM(SYS_execveat, "execveat")
	EM(SYS_fork, "fork")
	EM(SYS_vfork, "vfork")
	EM(SYS_clone, "clone")
	EM(SYS_clone3, "clone3")
	EM(SYS_exit, "exit")
	EM(SYS_exit_group, "exit_group")
	EMe((__u64)-1, "none")
};

const struct name names_prot[] = {
	EM(0x1, "read")
	EM(0x2, "write")
	EMe(0x4, "exec")
};

/* MAP_* flags, with the names that the module's events print. */
const struct name names_map[] = {
	EM(0x000001, "shared")
	EM(0x000002, "private")
	EM(0x000010, "fixed")
	EM(0x000020, "anonymous")
	EM(0x000100, "growsdown")
	EM(0x002000, "locked")
	EM(0x004000, "noreserve")
	EM(0x008000, "populate")
	EM(0x010000, "nonblock")
	EM(0x020000, "stack")
	EM(0x040000, "hugetlb")
	EM(0x080000, "sync")
	EMe(0x100000, "fixed_noreplace")
};

const struct name names_mremap[] = {
	EM(0x1, "maymove")
	EM(0x2, "fixed")
	EMe(0x4, "dontunmap")
};

/* VM_* flags that are the same on every kernel */
const struct name names_vm[] = {
	EM(0x1, "read")
	EM(0x2, "write")
	EM(0x4, "exec")
	EMe(0x8, "shared")
};

/* VM_FAULT_*, and two bits that the module adds */
const struct name names_ret[] = {
	EM(0x0001, "oom")
	EM(0x0002, "sigbus")
	EM(0x0004, "major")
	EM(0x0008, "write")
	EM(0x0010, "hwpoison")
	EM(0x0020, "hwpoison_large")
	EM(0x0040, "sigsegv")
	EM(0x0100, "nopage")
	EM(0x0200, "locked")
	EM(0x0400, "retry")
	EM(0x0800, "fallback")
	EM(0x1000, "done_cow")
	EM(0x2000, "needdsync")
	EM(0x4000, "completed")
	EM(0x40000000, "within_file")
	EMe(0x80000000, "after_end")
};

const char *name_of(const struct name *names, __u64 value)
{
	for (; names->name; names++) {
		if (names->value == value)
			return names->name;
	}
	return "?";
}

const char *name_call(char text[NAME_CALL_MAX], __s64 nr)
{
	const char *name = name_of(names_syscall, nr);

	if (*name == '?')
		snprintf(text, NAME_CALL_MAX, "system call %lld", (long long)nr);
	else
		snprintf(text, NAME_CALL_MAX, "%s()", name);
	return text;
}

const char *name_attach_error(int error)
{
	switch (error) {
	case ENOENT:
		return "inlined or absent in this kernel";
	case EINVAL:
		return "the kernel forbids probes in this function";
	case EBUSY:
		return "another tool is attached to this function";
	case EOPNOTSUPP:
		return "not supported by this kernel";
	case ENOMEM:
		return "out of memory";
	case EUNATCH:
		return "ftrace (sysctl kernel.ftrace_enabled=0) or all kprobes "
		       "are switched off";
	default:
		return strerror(error);
	}
}

const char *name_error(int error)
{
	switch (error) {
	case EUNATCH:
		return name_attach_error(error);
	case EOPNOTSUPP:
		return "not available on this kernel; see mmapdemo probes";
	default:
		return strerror(error);
	}
}
