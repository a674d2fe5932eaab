/* SPDX-License-Identifier: GPL-2.0-only */
/* The tracepoint block_bio_queue on older kernels. */
#ifndef _MMAPDEMO_COMPAT_BIO_H
#define _MMAPDEMO_COMPAT_BIO_H

#include <linux/compiler.h>
#include <trace/events/block.h>

/*
 * The function to register with the tracepoint block_bio_queue. Before Linux 5.11
 * ("block: remove the request_queue argument to the block_bio tracepoints"), the
 * tracepoint also passes the queue.
 */
static void seen_bio(void *data, struct bio *bio);

static void seen_bio_of_queue(void *data, struct request_queue *queue,
			      struct bio *bio)
{
	seen_bio(data, bio);
}

#define BIO_PROBE							\
	__builtin_choose_expr(						\
		__same_type(check_trace_callback_type_block_bio_queue,	\
			    void(void (*)(void *, struct bio *))),	\
		seen_bio, seen_bio_of_queue)

#endif /* _MMAPDEMO_COMPAT_BIO_H */
