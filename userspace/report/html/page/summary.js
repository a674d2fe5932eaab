// SPDX-License-Identifier: GPL-2.0-only
// The summary at the top of the page. The attribute data-path of a number is
// the path of this number in the JSON of the report.

function lookUp(path) {
	return path.split(".").reduce((at, name) => at[name], data.report);
}

function figure(path, format) {
	const value = lookUp(path);

	return make("data", {"value": value, "data-path": path},
		    (format || number)(value));
}

function sum(object) {
	return Object.keys(object).reduce((n, key) => n + object[key], 0);
}

function longestRow(list) {
	let best = 0;

	list.forEach((row, i) => {
		if (row.ns > list[best].ns)
			best = i;
	});
	return best;
}

function showTitle() {
	const report = data.report;

	document.title = "mmapdemo: " + report.title;
	byId("title").textContent = report.title;
	byId("subtitle").append("Linux " + report.kernel + " · ",
		figure("events"), " events of ", many(data.rows.threads,
		"thread"), " in ", figure("ns", duration));
	byId("program").textContent = "mmapdemo " + report.program;
}

function className(name) {
	const known = data.classes.find((c) => c.name === name);

	return known ? known.what : name;
}

function showLead() {
	const report = data.report;
	const faults = report.faults;
	const lead = byId("lead");

	if (!faults.faults) {
		lead.append("No page fault was recorded.");
		return;
	}
	const c = longestRow(report.classes), f = longestRow(report.files);
	const top = report.classes[c], file = report.files[f];

	lead.append(make("b", {}, figure("faults.faults"),
			 faults.faults === 1 ? " page fault" : " page faults"),
		" took ", make("b", {}, figure("faults.ns", duration)),
		". ", percent(top.ns, faults.ns),
		" of that time was spent in class ",
		make("b", {}, top["class"]), " (" + className(top["class"]),
		top.major ? ", or read from the disk" : "", "); ",
		percent(file.ns, faults.ns) + " was spent in ",
		make("b", {}, file.file === "anonymous" ?
		     "anonymous memory" : file.file), ". ");
	lead.append(make("b", {}, faults.major ? figure("faults.major") :
			 "None"), " of these faults read from the disk");
	if (report.awaited)
		lead.append(report.waits.recorded ?
			    "; other faults waited for the disk: " :
			    "; retried for the page cache: ",
			    make("b", {}, figure("awaited")));
	lead.append(".");
}

function card(figures, ...what) {
	byId("cards").append(make("div", {"class": "card", "role": "listitem"},
		make("div", {"class": "figure"}, figures),
		make("div", {"class": "what"}, ...what)));
}

function showCards() {
	const report = data.report;
	const merged = report.merges.prev + report.merges.next +
		       report.merges.both;

	card(figure("faults.p50_ns", duration), "median (P50) fault latency; ",
	     "P99 ", figure("faults.p99_ns", duration));
	card(figure("faults.max_ns", duration), "longest fault");
	card(figure("filled_bytes", size),
	     "of pages mapped at faulting addresses, ",
	     figure("around_bytes", size), " around them");
	card(figure("page_table_bytes", size), "of page tables allocated");
	card(figure("vmas_most"), "VMAs in the largest address space",
	     ...(report.max_map_count ?
		 [", limit ", figure("max_map_count")] : []));
	card(number(merged),
	     `merge${merged === 1 ? "" : "s"} with a neighbour succeeded, `,
	     number(sum(report.refused)), " failed");
	if (report.signals)
		card(figure("signals"), report.signals === 1 ? "signal" : "signals",
		     " (SIGSEGV or SIGBUS); ", figure("unhandled"),
		     report.unhandled === 1 ? " fault" : " faults",
		     " never reached handle_mm_fault()");
	if (report.tlb.recorded)
		card(figure("tlb.flushes"), "TLB flushes: ",
		     figure("tlb.all"), " full, ",
		     number(report.tlb.flushes - report.tlb.all), " partial (",
		     figure("tlb.pages"), " pages)");
}

function trouble(kind, ...text) {
	byId("troubles").append(make("li", {"class": kind}, ...text));
}

// Show what is not drawn because the recording is too large.
function showCuts() {
	const cuts = [["lives", "mapping"], ["verdicts", "attempted merge"]]
		.filter(([list]) => data[list].length < data[list + "_all"])
		.map(([list, what]) => number(data[list].length) + " of " +
			many(data[list + "_all"], what));

	if (cuts.length)
		trouble("note", "The picture shows only " +
			cuts.join(" and ") + ".");
}

// Show how many faults are not drawn, and why.
function showUndrawn() {
	if (data.elsewhere)
		trouble("bad", many(data.elsewhere, "fault"),
			" counted, but not drawn: of ",
			many(data.spaces_all, "address space"),
			", the picture shows only the ",
			number(data.spaces.length),
			" whose faults took the most time.");
	if (data.outside)
		trouble("bad", many(data.outside, "fault"),
			" counted, but not drawn: the picture shows no mapping at ",
			data.outside === 1 ? "its address." : "their addresses.");
}

// Show what the recording lacks. Missing data makes the figures less reliable.
function showTroubles() {
	const report = data.report;

	if (!report.lost && !report.missed && !report.gaps.length)
		trouble("good", "Nothing was lost.");
	if (report.lost)
		trouble("bad", figure("lost"), " events were lost: counts and ",
			"total times can be too low. Record with a larger --buffer.");
	if (report.missed)
		trouble("bad", figure("missed"), " kernel function calls were not ",
			"observed, probably because too many were in progress at once.");
	for (const gap of report.gaps)
		trouble("bad", gap + ".");
	if (report.faults.untimed)
		trouble("note", "Faults of unknown duration, which are counted, but ",
			"not included in any duration: ",
			figure("faults.untimed"), ".");
	if (report.unseen)
		trouble("note", "Faults after which the page table was not ",
			"observed, and whose pages are not included in any size: ",
			figure("unseen"), ".");
	if (!report.tlb.recorded)
		trouble("note", "TLB flushes were not recorded.");
	for (const probe of report.absent)
		trouble("bad", "Not observed: " + probe.function + " (needed for " +
			probe.events + "): " + probe.why + ".");
	showCuts();
	showUndrawn();
}

// Show a button for each class. The buttons are also the key to the colours.
function showClasses(hidden, changed) {
	const report = data.report;

	report.classes.map((row, i) => [row, i]).sort((a, b) =>
		b[0].ns - a[0].ns).forEach(([row, i]) => {
		const index = data.classes.findIndex((c) =>
			c.name === row["class"]);
		const colour = classColour(index);
		const part = make("span", {"title": row["class"]});
		const button = make("button", {
			"type": "button", "class": "class",
			"aria-pressed": "true", "data-class": index,
			"title": className(row["class"]),
		}, make("i", {}), make("b", {}, row["class"]), make("small", {},
			figure("classes." + i + ".faults"), " · ",
			figure("classes." + i + ".ns", duration)));

		part.style.background = colour;
		part.style.flex = row.ns + " 0 0";
		button.style.setProperty("--class", colour);
		button.addEventListener("click", () => {
			const shown = hidden.has(index);

			if (shown)
				hidden.delete(index);
			else
				hidden.add(index);
			button.setAttribute("aria-pressed", shown);
			part.style.opacity = shown ? 1 : .15;
			changed();
		});
		byId("shares").append(part);
		byId("classes").append(button);
	});
}
