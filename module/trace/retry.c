// SPDX-License-Identifier: GPL-2.0-only
/*
 * Faults between two attempts.
 *
 * handle_mm_fault() returns VM_FAULT_RETRY when it had to release the lock, for
 * example to wait for a page that is being read. The caller then takes the lock
 * again, and calls handle_mm_fault() once more. Both calls handle one fault.
 * The data of the first attempt is kept for the next.
 */
#include "common.h"
#include "probe/pending.h"
#include "trace/hooks.h"
#include "trace/retry.h"

#include <linux/build_bug.h>

/**
 * mmapdemo_retry_keep - keep the data of a fault that is to be retried
 * @retry: data of the attempts so far
 *
 * When there is no room for the data, the next attempt looks like the first one.
 */
void mmapdemo_retry_keep(const struct retry *retry)
{
	static_assert(sizeof(*retry) <= MMAPDEMO_PENDING_MAX);

	mmapdemo_pending_keep(&mmapdemo_probe_fault, MMAPDEMO_PENDING_FAULT,
			      retry, sizeof(*retry));
}

/**
 * mmapdemo_retry_take - take the data of the previous attempts at a fault
 * @mm: the address space
 * @address: the touched address
 * @out: data of the previous attempts
 *
 * The data is dropped in any case.
 *
 * Return: true when the kept data is that of this address.
 */
bool mmapdemo_retry_take(const struct mm_struct *mm, u64 address,
			 struct retry *out)
{
	return mmapdemo_pending_take(&mmapdemo_probe_fault,
				     MMAPDEMO_PENDING_FAULT, out,
				     sizeof(*out)) &&
	       out->mm == mm && out->address == address;
}
