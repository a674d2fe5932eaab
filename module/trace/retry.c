// SPDX-License-Identifier: GPL-2.0-only
/*
 * The data of faults that are between two attempts.
 *
 * handle_mm_fault() returns VM_FAULT_RETRY when it had to release the lock, for
 * example to wait for a page that is being read. The caller then takes the lock
 * again, and calls handle_mm_fault() once more. Both calls of handle_mm_fault()
 * handle the same fault. The data of the first attempt is stored for the next
 * attempt.
 */
#include "common.h"
#include "probe/pending.h"
#include "trace/hooks.h"
#include "trace/retry.h"

#include <linux/build_bug.h>

/**
 * mmapdemo_retry_keep - store the data of a fault that will be retried
 * @retry: data of the attempts so far
 *
 * If there is no room for the data, the data of these attempts is lost.
 */
void mmapdemo_retry_keep(const struct retry *retry)
{
	static_assert(sizeof(*retry) <= MMAPDEMO_PENDING_MAX);

	mmapdemo_pending_keep(&mmapdemo_probe_fault, MMAPDEMO_PENDING_FAULT,
			      retry, sizeof(*retry));
}

/**
 * mmapdemo_retry_take - get the data of the earlier attempts to handle a fault
 * @mm: the address space
 * @address: the touched address
 * @out: out: data of the earlier attempts
 *
 * The stored data is dropped, even if false is returned.
 *
 * Return: true if data was stored for this address.
 */
bool mmapdemo_retry_take(const struct mm_struct *mm, u64 address,
			 struct retry *out)
{
	return mmapdemo_pending_take(&mmapdemo_probe_fault,
				     MMAPDEMO_PENDING_FAULT, out,
				     sizeof(*out)) &&
	       out->mm == mm && out->address == address;
}
