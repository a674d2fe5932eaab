// SPDX-License-Identifier: GPL-2.0-only
#include "report/machine.h"
#include "base/json.h"
#include "base/printer.h"
#include "record/meta_machine.h"

#include <json.h>

typedef unsigned long long ull;

#define AT_VALUE 34	/* column of the values of settings */
#define NAME_BYTES 256

/* ---- short ---- */

static void machine_line(struct printer *printer, const struct meta *meta)
{
	char name[NAME_BYTES], size[FORMAT_MAX];
	struct meta_machine machine;
	struct line line;

	if (!meta_machine(meta, &machine))
		return;
	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "recorded on %s",
		 format_name(name, sizeof(name), machine.node));
	line_add(&line, PLAIN, " at %s: %llu CPU%s",
		 format_name(name, sizeof(name), machine.date),
		 (ull)machine.cpus, plural(machine.cpus));
	if (*machine.cpu)
		line_add(&line, PLAIN, " (%s)",
			 format_name(name, sizeof(name), machine.cpu));
	line_add(&line, PLAIN, ", %s of memory",
		 format_size(size, machine.memory));
	printer_line(printer, &line);
}

static void add_setting(struct line *line, const struct meta *meta,
			const char *before, const char *name)
{
	const char *value = meta_setting(meta, name);
	char text[NAME_BYTES];

	if (*value)
		line_add(line, PLAIN, "%s %s", before,
			 format_name(text, sizeof(text), value));
}

void machine_lines(struct printer *printer, const struct meta *meta)
{
	struct line line;

	machine_line(printer, meta);
	if (!*meta_setting(meta, "enabled"))
		return;
	line_begin(&line, printer->style);
	add_setting(&line, meta, "transparent huge pages:", "enabled");
	add_setting(&line, meta, ", defrag", "defrag");
	add_setting(&line, meta, ", shmem", "shmem_enabled");
	add_setting(&line, meta, ", khugepaged/max_ptes_none",
		    "khugepaged/max_ptes_none");
	printer_line(printer, &line);
}

/* ---- text ---- */

static void show(struct printer *printer, const char *name, const char *value)
{
	char text[NAME_BYTES];
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, PLAIN, "  %s", format_name(text, sizeof(text), name));
	line_to(&line, AT_VALUE);
	line_add(&line, PLAIN, "%s", format_name(text, sizeof(text), value));
	printer_line(printer, &line);
}

static void heading(struct printer *printer, const char *text)
{
	struct line line;

	line_begin(&line, printer->style);
	line_add(&line, BOLD, "%s", text);
	printer_line(printer, &line);
}

static void show_machine(struct printer *printer, const struct meta *meta)
{
	struct meta_machine machine;
	char text[FORMAT_MAX];

	if (!meta_machine(meta, &machine)) {
		heading(printer, "the machine was not recorded");
		return;
	}
	heading(printer, "machine");
	show(printer, "node", machine.node);
	show(printer, "kernel", meta->kernel);
	show(printer, "beginning of the recording", machine.date);
	show(printer, "CPU", *machine.cpu ? machine.cpu : "unknown");
	snprintf(text, sizeof(text), "%llu", (ull)machine.cpus);
	show(printer, "number of CPUs", text);
	show(printer, "memory", format_size(text, machine.memory));
}

/** struct settings - the settings that are being printed */
struct settings {
	struct printer *printer;
	bool any;
};

static void show_setting(const char *name, struct json_object *value, void *data)
{
	struct settings *settings = data;

	if (!settings->any)
		heading(settings->printer, "settings of transparent huge pages "
			"when the recording began");
	settings->any = true;
	show(settings->printer, name, json_object_get_string(value));
}

static void show_pool(struct printer *printer, const struct hugetlb_pool *pool)
{
	char name[FORMAT_MAX + 16], size[FORMAT_MAX], text[128];

	snprintf(name, sizeof(name), "pages of %s",
		 format_size(size, pool->page_bytes));
	snprintf(text, sizeof(text), "%llu, of which %llu free and %llu "
		 "reserved; %llu surplus of at most %llu", (ull)pool->pages,
		 (ull)pool->free, (ull)pool->reserved, (ull)pool->surplus,
		 (ull)pool->overcommit);
	show(printer, name, text);
}

int machine_text(FILE *out, const struct style *style, const struct meta *meta)
{
	struct printer printer = { out, style, 0 };
	struct settings settings = { &printer, false };
	struct hugetlb_pool pool;

	show_machine(&printer, meta);
	meta_settings(meta, show_setting, &settings);
	if (!settings.any)
		heading(&printer, "settings of transparent huge pages were not "
			"recorded");
	for (size_t i = 0; meta_pool(meta, i, &pool); i++) {
		if (!i)
			heading(&printer, "pools of hugetlbfs when the "
				"recording began");
		show_pool(&printer, &pool);
	}
	return printer.err;
}

/* ---- JSON ---- */

static struct json_object *machine_object(const struct meta_machine *machine)
{
	struct json_object *object = json_object_new_object();

	object = json_add_text(object, "node", machine->node);
	object = json_add_text(object, "date", machine->date);
	object = json_add_text(object, "cpu", machine->cpu);
	object = json_add_number(object, "cpus", machine->cpus);
	return json_add_number(object, "memory_bytes", machine->memory);
}

static void add_value(const char *name, struct json_object *value, void *data)
{
	struct json_object **object = data;

	*object = json_add_object(*object, name, json_object_get(value));
}

static struct json_object *pools_list(const struct meta *meta)
{
	struct json_object *list = json_object_new_array();
	struct hugetlb_pool pool;

	for (size_t i = 0; meta_pool(meta, i, &pool); i++)
		list = json_append(list, hugetlb_json(&pool));
	return list;
}

struct json_object *machine_json(struct json_object *object, const struct meta *meta)
{
	struct json_object *settings;
	struct meta_machine machine;
	struct hugetlb_pool pool;

	if (meta_machine(meta, &machine))
		object = json_add_object(object, "machine",
					 machine_object(&machine));
	settings = json_object_new_object();
	meta_settings(meta, add_value, &settings);
	if (settings && !json_object_object_length(settings))
		json_object_put(settings);
	else
		object = json_add_object(object, "thp_settings", settings);
	return meta_pool(meta, 0, &pool) ?
	       json_add_object(object, "hugetlb", pools_list(meta)) : object;
}
