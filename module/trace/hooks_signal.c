// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page faults that end in a signal.
 *
 * If no VMA contains the address, or the VMA does not permit the access, the kernel
 * sends SIGSEGV without calling handle_mm_fault(). So hooks_fault.c does not observe
 * these faults.
 */
#include "common.h"
#include "error_code.h"
#include "mmapdemo.h"
#include "trace/batch.h"
#include "trace/dmesg.h"
#include "trace/events.h"
#include "trace/hooks.h"
#include "trace/kernel/symbols.h"
#include "trace/observe.h"

#include <linux/irqflags.h>
#include <linux/sched.h>
#include <linux/signal.h>

/*
 * Return true if a page fault may cause the signal. Another exception may follow a page
 * fault at the same address: a SIGBUS with another code reports an access that is split
 * over two cache lines.
 */
static bool signal_is_of_fault(int sig, int code)
{
	return sig == SIGSEGV || (sig == SIGBUS && code == BUS_ADRERR);
}

/*
 * Write the faults of this CPU, so that the fault that failed precedes its signal in the
 * trace.
 */
static void signal_flush(void)
{
	unsigned long flags;

	local_irq_save(flags);
	mmapdemo_batch_flush_here();
	local_irq_restore(flags);
}

/* Report a signal, unless something else than a page fault causes it. */
static void signal_report(int sig, int code, unsigned long address)
{
	struct signal_record r = {
		.address = address,
		.sig = sig,
		.code = code,
	};

	if (!signal_is_of_fault(sig, code) || !error_code_is_noted(address))
		return;
	r.mm = mmapdemo_observe_mm(current->mm);
	r.ip = mmapdemo_observe_ip();
	r.access = error_code_access();
	r.present = error_code_present();
	signal_flush();
	trace_fault_signal(&r);
	mmapdemo_dmesg_signal(&r);
}

/* On Linux 5.10, a second call follows the call of force_sig_pkuerr(). */
static bool sig_fault_enter(void *data, const unsigned long *args)
{
	if ((int)args[1] != SEGV_PKUERR)
		signal_report(args[0], args[1], args[2]);
	return false;
}

struct probe mmapdemo_probe_sig_fault = {
	.symbols = SIG_FAULT_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_FAULT_SIGNAL),
	.nr_args = 3,
	.enter = sig_fault_enter,
};

static bool sig_pkey_enter(void *data, const unsigned long *args)
{
	signal_report(SIGSEGV, SEGV_PKUERR, args[0]);
	return false;
}

struct probe mmapdemo_probe_sig_pkey = {
	.symbols = SIG_PKEY_SYMBOLS,
	.events = BIT(MMAPDEMO_EVENT_FAULT_SIGNAL),
	.nr_args = 1,
	.enter = sig_pkey_enter,
};
