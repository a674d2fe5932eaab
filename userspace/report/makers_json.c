// SPDX-License-Identifier: GPL-2.0-only
#include "base/json.h"
#include "report/makers.h"
#include "report/summary_text.h"

#include <json.h>

struct json_object *makers_json(const struct makers *makers,
				struct symbols *symbols, size_t rows)
{
	struct json_object *list = json_object_new_array(), *object;
	const struct table *table = &makers->boundaries.causes;
	char flags[MAKER_CALL_MAX];

	for (size_t i = 0; i < table->count && i < rows; i++) {
		const struct row *maker = &table->rows[i];

		object = json_add_text(json_object_new_object(), "caller",
				       maker->name);
		object = json_add_text(object, "at", maker->name[0] ?
				       maker_at_word(maker) : "");
		object = json_add_number(object, "vmas", maker->stats.max);
		object = json_add_number(object, "made", maker->stats.count);
		object = json_add_text(object, "call", maker_call(maker));
		object = json_add_number(object, "split", maker_splits(maker));
		object = json_add_text(object, "flags",
				       maker_flags(maker, flags));
		object = code_json_symbol(object, symbols, maker_code(maker),
					  /* call = */ true);
		list = json_append(list, object);
	}
	return list;
}
