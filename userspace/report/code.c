// SPDX-License-Identifier: GPL-2.0-only
#include "base/format.h"
#include "base/json.h"
#include "base/line.h"
#include "report/code.h"

#include <json.h>

typedef unsigned long long ull;

/*
 * Return the location of the code at @address. For code in a file, the location
 * does not depend on where the file is mapped.
 */
struct code code_at(const struct space *space, __u64 address)
{
	const struct mapping *mapping = maps_find(&space->maps, address);

	if (mapping && mapping->ino)
		return (struct code){
			mapping->ino, mapping->dev,
			address - mapping->start + mapping->offset
		};
	return (struct code){ 0, space->mm, address };
}

const struct symbol *code_symbol(struct symbols *symbols, struct code code,
				 bool call)
{
	if (!symbols || !code.ino || code.offset < call)
		return NULL;
	return symbols_find(symbols, code.dev, code.ino, code.offset - call);
}

void code_add_symbol(struct line *line, struct symbols *symbols,
		     struct code code, bool call)
{
	const struct symbol *symbol = code_symbol(symbols, code, call);
	char name[SYMBOL_NAME_MAX * 4];
	const char *id;

	if (!symbol)
		return;
	if (symbol->name[0])
		line_add(line, PLAIN, "  %s+%#llx",
			 format_name(name, sizeof(name), symbol->name),
			 (ull)symbol->offset + call);
	if (symbol->source[0])
		line_add(line, DIM, "  %s:%d",
			 format_name(name, sizeof(name), symbol->source),
			 symbol->line);
	id = symbols_build_id(symbols, code.dev, code.ino);
	if (!symbol->here && *id)
		line_add(line, DIM, "  build id %s", id);
}

struct json_object *code_json_symbol(struct json_object *object,
				     struct symbols *symbols,
				     struct code code, bool call)
{
	const struct symbol *symbol = code_symbol(symbols, code, call);

	if (!symbol)
		return object;
	object = json_add_text(object, "build_id",
			       symbols_build_id(symbols, code.dev, code.ino));
	if (symbol->name[0]) {
		object = json_add_text(object, "symbol", symbol->name);
		object = json_add_number(object, "symbol_offset",
					 symbol->offset + call);
	}
	if (symbol->source[0]) {
		object = json_add_text(object, "source", symbol->source);
		object = json_add_number(object, "line", symbol->line);
	}
	return object;
}
