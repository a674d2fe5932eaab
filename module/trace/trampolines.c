// SPDX-License-Identifier: GPL-2.0-only
/* The trampolines of all probes: see trampoline.h of the architecture. */
#include "common.h"
#include "probe/direct.h"
#include "trace/hooks.h"
#include "trampoline.h"

#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/static_call.h>

/* A trampoline stores all arguments that an enter() may read. */
static_assert(MMAPDEMO_PROBE_ARGS_MAX <= TRAMPOLINE_ARGS);

/* The assembly code of trampolines accesses these members at offset 0. */
static_assert(offsetof(struct probe, frame_bytes) == 0);
static_assert(offsetof(struct direct_frame, round) == 0);

TRAMPOLINE_HOT(fault);

#define DECLARE(name, ...) extern void mmapdemo_direct_##name(void);
#define BODY(name, ...) \
	DEFINE_STATIC_CALL_NULL(mmapdemo_body_##name, mmapdemo_direct_##name);
#define DEFINE(name, ...) TRAMPOLINE(name);

MMAPDEMO_PROBES(DECLARE)
MMAPDEMO_PROBES(BODY)
MMAPDEMO_PROBES(DEFINE)

#define TEXT(name, ...) {						\
	.probe = &mmapdemo_probe_##name,				\
	.trampoline = mmapdemo_direct_##name,				\
	.key = &STATIC_CALL_KEY(mmapdemo_body_##name),			\
	.call = STATIC_CALL_TRAMP_ADDR(mmapdemo_body_##name),		\
},

static const struct direct_text texts[] = { MMAPDEMO_PROBES(TEXT) };

/** mmapdemo_direct_text - return the trampoline of @probe */
const struct direct_text *mmapdemo_direct_text(const struct probe *probe)
{
	const struct direct_text *text = texts;

	while (text->probe != probe)
		text++;
	return text;
}
