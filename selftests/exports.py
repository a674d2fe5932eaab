# SPDX-License-Identifier: GPL-2.0-only
"""Checks of JSON and other formats, for the shell tests.

exports.py CHECK REPORT FILE...: compare FILE with REPORT, which is the output of
report --json for the same recording. At a difference, print it and exit with 1. The
check "code" examines only REPORT. The check "value" prints the value of an
expression.

exports.py: read requests from standard input. A request is a line with the
arguments of a check, separated by tabs. The answer to a request is the exit status
as a digit, then what the check prints, and then a NUL.
"""

import collections
import contextlib
import csv
import io
import json
import os
import re
import sys
import traceback

FAULT = "pte_fault"
LONG = {"do_mmap", "brk", "mremap", "dup_mm", "exit_mmap", FAULT}


def equal(wanted, got, what):
    if wanted != got:
        sys.exit(f"{what}: expected {wanted}, got {got}")


def reported(report):
    """Return the number of faults and their total time, by class, in a report."""
    return {c["class"]: (c["faults"], c["ns"]) for c in report["classes"]}


def by_class(faults):
    """Return the number of faults and their total time, by class. @faults: pairs of
    class and duration."""
    sums = collections.defaultdict(lambda: (0, 0))
    for name, ns in faults:
        count, total = sums[name]
        sums[name] = (count + 1, total + ns)
    return dict(sums)


# Prefixes of the names of the kernel's own events. Timelines show the calls and
# faults of the module instead of these events.
KERNELS = ("sys_", "page_fault_", "signal_")


def counted(report):
    return {name: n for name, n in report["counts"].items()
            if n and not name.startswith(KERNELS)}


# ---- formats ----


def part_member(name):
    """Return the name of a part where "cpu" is the processor of the event."""
    return "cpu_wait" if name == "cpu" else name


def check_times(report, faults):
    """Check where the time of faults went. @faults: for each fault, its duration,
    whether it was slow, and the known fields of fault_time."""
    waits = report["waits"]
    slow = [(duration, time) for duration, is_slow, time in faults if is_slow]
    known = [(duration, time) for duration, time in slow if time]
    equal(waits["faults"], len(slow), "slow faults")
    equal(waits["unknown"], len(slow) - len(known), "faults without parts")
    quick = report["faults"]["ns"] - waits["ns"]
    for part in waits["parts"]:
        name = part_member(part["part"])
        ns = [time[name] for _, time in known if name in time]
        equal(part["ns"], sum(ns) + (quick if name == "work" else 0), name)
        equal(part["faults"], sum(n > 0 for n in ns), f"faults with {name}")
        equal(part["not_known"], len(known) - len(ns), f"faults without {name}")
    names = [part_member(part["part"]) for part in waits["parts"]]
    for duration, time in known:
        equal(duration, sum(time.get(name, 0) for name in names), "sum of parts")
        equal("holder" in time, "holder_nr" in time, "holder")
    for member, name in (("lock_before_ns", "lock_before"), ("reclaimed", "reclaimed"),
                         ("read_bytes", "read_bytes")):
        equal(waits[member], sum(time.get(name, 0) for _, time in known), name)


def check_json(report, path):
    lines = [json.loads(line) for line in open(path, encoding="utf-8")]
    first, events, last = lines[0], lines[1:-1], lines[-1]
    equal(("mmapdemo-events", 1), (first["schema"], first["version"]), "schema")
    equal(report["kernel"], first["kernel"], "kernel")
    equal("summary", last["event"], "last line")
    equal(len(events), last["events"], "events")
    faults = [e for e in events if e["event"] == FAULT]
    equal(reported(report),
          by_class((e["class_name"], e["duration"]) for e in faults), "faults")
    check_times(report, [(e["duration"], "fault_time" in e, e.get("fault_time"))
                         for e in faults])


# The columns of csv that come from fault_time, except holder_nr and asleep_in.
TIMES = ("lock_before", "work", "reclaim", "compaction", "reclaim_sleep", "io", "sleep",
         "lock", "cpu_wait", "read_bytes", "cache_pages", "reclaimed", "switches", "holder")


def csv_time(row):
    """Return the fields of fault_time in a row, except those that are not known."""
    time = {name: int(row[name]) for name in TIMES if row[name]}
    return time | ({"holder_nr": row["holder_nr"]} if row["holder_nr"] else {})


def check_csv(report, path):
    text = open(path, encoding="utf-8", newline="").read()
    rows = list(csv.DictReader(text.splitlines(), strict=True))
    equal(len(rows) + 1, text.count("\n"), "lines")
    equal({text.split("\n", 1)[0].count(",") + 1}, {len(r) for r in rows}, "columns")
    equal(reported(report),
          by_class((r["class"], int(r["duration"])) for r in rows), "faults")
    threads = collections.Counter(r["tid"] for r in rows)
    equal({t["tid"]: t["faults"] for t in report["threads"]}, dict(threads),
          "threads")
    files = collections.Counter(r["where"] for r in rows)
    equal(sum(f["faults"] for f in report["files"]), sum(files.values()),
          "files")
    equal({"01"[row["slow"] == "1"] if report["waits"]["recorded"] else ""
           for row in rows}, {row["slow"] for row in rows}, "slow")
    check_times(report, [(int(row["duration"]), row["slow"] == "1", csv_time(row))
                         for row in rows])
    return rows


def check_folded(report, path):
    sums = collections.Counter()
    for line in open(path, encoding="utf-8", newline="\n"):
        stack, ns = line.rsplit(" ", 1)
        frames = stack.split(";")
        if len(frames) < 4:
            sys.exit(f"frames of {line}")
        sums[frames[-1]] += int(ns)
    equal({name: ns for name, (_, ns) in reported(report).items()},
          dict(sums), "ns")


# The frames of the parts in folded-waits.
WORDS = {
    "reclaim": "reclaiming memory", "compaction": "compacting memory",
    "reclaim_sleep": "asleep while reclaiming memory", "io": "waiting for the disk",
    "sleep": "asleep", "lock": "waiting for mmap_lock", "cpu": "waiting for a CPU",
}
WORDS_BEFORE = "waiting for mmap_lock before the fault"


def check_folded_waits(report, path):
    sums = collections.Counter()
    for line in open(path, encoding="utf-8", newline="\n"):
        stack, ns = line.rsplit(" ", 1)
        frames = stack.split(";")
        if frames[-1].startswith("held by "):
            frames.pop()
            equal(True, "mmap_lock" in frames[-1], line)
        if len(frames) < 5:
            sys.exit(f"frames of {line}")
        sums[frames[-1]] += int(ns)
    waits = report["waits"]
    wanted = {WORDS[part["part"]]: part["ns"] for part in waits["parts"]
              if part["part"] in WORDS}
    wanted |= {WORDS_BEFORE: waits["lock_before_ns"], "not known": waits["unknown_ns"]}
    equal({name: ns for name, ns in wanted.items() if ns}, dict(sums), "waits")


def nest(slices):
    """Check that no two slices of a thread overlap, unless one is inside the
    other."""
    for track in slices.values():
        inside = []
        for begin, end, name in sorted(track, key=lambda s: (s[0], -s[1])):
            while inside and inside[-1][1] <= begin:
                inside.pop()
            if inside and end > inside[-1][1]:
                sys.exit(f"{name} {begin}-{end} leaves {inside[-1]}")
            inside.append((begin, end, name))


def check_timeline(report, counts, slices, vmas):
    equal(counted(report), {k: n for k, n in counts.items() if k not in ("mmap()", "part")},
          "events")
    nest(slices)
    faults = [(name.split()[1], end - begin) for track in slices.values()
              for begin, end, name in track if name.startswith(FAULT)]
    equal(reported(report), by_class(faults), "faults")
    equal(report["vmas_most"], max(vmas), "VMAs")


def ns_of(us):
    """Convert decimal microseconds to nanoseconds, without rounding."""
    return int(us.replace(".", ""))


def read_chrome(path):
    trace = json.load(open(path, encoding="utf-8"),
                      parse_float=lambda us: us)
    counts, slices = collections.Counter(), collections.defaultdict(list)
    vmas, named, used = [], set(), set()
    for e in trace["traceEvents"]:
        if e.get("cat") == "gap":
            continue
        if e["ph"] == "M":
            named.add((e["name"], e["tid"]))
        elif e["ph"] == "C":
            vmas.append(e["args"]["VMAs"])
        else:
            equal("X" if e["cat"] in LONG | {"mmap()", "part"} else "i", e["ph"],
                  f"phase of {e['cat']}")
            counts[e["cat"]] += 1
            used.add(("thread_name", e["tid"]))
        if e["ph"] == "X":
            begin = ns_of(e["ts"])
            slices[e["tid"]].append((begin, begin + ns_of(e["dur"]),
                                     e["name"]))
    equal(set(), used - named, "threads without a name")
    return counts, slices, vmas


def check_chrome(report, path):
    check_timeline(report, *read_chrome(path))


# ---- Protocol Buffers, without a schema ----


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def message(data):
    """Return the fields of a message, by number. A field is a list of values."""
    fields, at = collections.defaultdict(list), 0
    while at < len(data):
        key, at = varint(data, at)
        value, at = varint(data, at)
        if key & 7 == 2:
            size, value = value, data[at:at + value]
            equal(size, len(value), f"bytes of field {key >> 3}")
            at += size
        elif key & 7:
            sys.exit(f"field {key >> 3} has wire type {key & 7}")
        fields[key >> 3].append(value)
    return fields


# The upper half of the uuid of the tracks that show gaps.
GAPS = 4


# Read a file for Perfetto. The numbers in this function stand for these fields. In
# TracePacket: timestamp 8, track_event 11, timestamp_clock_id 58,
# track_descriptor 60. In TrackEvent: type 9, track_uuid 11, categories 22, name
# 23, counter_value 30. In TrackDescriptor: uuid 1, thread 4.
def read_perfetto(path):
    trace = message(open(path, "rb").read())
    equal([1], list(trace), "fields of the trace")
    counts, slices = collections.Counter(), collections.defaultdict(list)
    vmas, threads, opened, events = [], {}, collections.defaultdict(list), []
    for packet in map(message, trace[1]):
        for track in map(message, packet[60]):
            for thread in map(message, track[4]):
                threads[track[1][0]] = thread[2][0]
        events += [(packet[8][0], message(e)) for e in packet[11]]
        equal([3] * len(packet[8]), packet[58], "clock")
    for time, event in sorted(events, key=lambda e: e[0]):
        kind, track = event[9][0], event[11][0]
        if track >> 32 == GAPS:
            continue
        if kind == 4:
            vmas.append(event[30][0])
            continue
        if kind == 2:
            begin, name = opened[threads[track]].pop()
            slices[threads[track]].append((begin, time, name))
            continue
        counts[event[22][0].decode()] += 1
        if kind == 1:
            opened[threads[track]].append((time, event[23][0].decode()))
    equal([], [o for o in opened.values() if o], "slices without an end")
    return counts, slices, vmas


def check_perfetto(report, path, chrome):
    counts, slices, vmas = read_perfetto(path)
    check_timeline(report, counts, slices, vmas)
    other = read_chrome(chrome)[1]
    equal({t: sorted(s) for t, s in other.items()},
          {t: sorted(s) for t, s in slices.items()}, "slices")


def chrome_gaps(path):
    """Return the start, the end and the name of each gap in a Chrome file."""
    trace = json.load(open(path, encoding="utf-8"), parse_float=lambda us: us)
    return [(ns_of(e["ts"]), ns_of(e["ts"]) + ns_of(e["dur"]), e["name"])
            for e in trace["traceEvents"] if e.get("cat") == "gap"]


def perfetto_gaps(path):
    names, found = collections.defaultdict(list), []
    for packet in map(message, message(open(path, "rb").read())[1]):
        for event in map(message, packet[11]):
            if event[11][0] >> 32 != GAPS:
                continue
            if event[9][0] == 1:
                names[event[11][0]] = packet[8][0], event[23][0].decode()
            else:
                begin, name = names.pop(event[11][0])
                found.append((begin, packet[8][0], name))
    equal({}, dict(names), "gaps without an end")
    return found


def check_gaps(report, chrome, perfetto):
    """Check the gaps. Only the total of lost events is known, so each gap is as
    long as the recording."""
    gaps = chrome_gaps(chrome)
    lost, missed = report["lost"], report["missed"]
    many = [" was" if n == 1 else "s were" for n in (lost, missed)]
    equal([f"{lost} event{many[0]} lost"] * bool(lost) +
          [f"{missed} kernel function call{many[1]} not observed"] * bool(missed) +
          report["gaps"], [name for _, _, name in gaps], "gaps")
    tracks = read_chrome(chrome)[1].values()
    whole = (min(b for track in tracks for b, _, _ in track),
             max(e for track in tracks for _, e, _ in track))
    equal({whole} if gaps else set(), {gap[:2] for gap in gaps}, "times")
    equal(gaps, perfetto_gaps(perfetto), "gaps of perfetto")


# ---- OpenMetrics ----

LABEL = re.compile(r'(\w+)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)')
SAMPLE = re.compile(r"(\w+)(?:\{(.*)\})? (\d+(?:\.\d+)?)")


# The suffixes of the samples of a metric, by its type
SUFFIXES = {"counter": {"_total"}, "gauge": {""}, "histogram": {"_bucket", "_count", "_sum"}}


def read_openmetrics(path):
    lines = open(path, encoding="utf-8", newline="\n").read().split("\n")
    equal(["# EOF", ""], lines[-2:], "end")
    samples, types, family = {}, {}, None
    for line in lines[:-2]:
        if line.startswith("# "):
            word, family = line.split()[1:3]
            if word not in ("TYPE", "UNIT", "HELP"):
                sys.exit(f"what is {line}")
            if word == "TYPE":
                equal(None, types.get(family), f"earlier type of {family}")
                types[family] = line.split()[3]
            continue
        match = SAMPLE.fullmatch(line)
        if not match or match[1].removeprefix(family) not in SUFFIXES[types[family]]:
            sys.exit(f"not a sample of {family}: {line}")
        labels = match[2] or ""
        equal("", LABEL.sub("", labels), f"not a label in {line}")
        key = (match[1][len("mmapdemo_"):],
               *(m[2] for m in LABEL.finditer(labels)))
        if key in samples:
            sys.exit(f"twice: {line}")
        samples[key] = match[3]
    return samples


def check_histogram(samples, seconds, name, durations, ns):
    """Check a histogram. @durations: all known durations."""
    faults = len(durations)
    buckets = [(float(key[2]), int(value)) for key, value in samples.items()
               if key[:2] == (seconds + "_bucket", name)]
    equal(sorted(buckets), buckets, f"order of buckets of {name}")
    equal(sorted(n for _, n in buckets), [n for _, n in buckets],
          f"buckets of {name}")
    equal((float("inf"), faults), buckets[-1], f"last bucket of {name}")
    equal(str(faults), samples[seconds + "_count", name], f"faults of {name}")
    equal(ns, ns_of(samples[seconds + "_sum", name]), f"ns of {name}")
    for key, value in samples.items():
        if key[:2] == (seconds + "_bucket", name) and key[2] != "+Inf":
            equal(sum(d <= ns_of(key[2]) for d in durations), int(value), key)


def part_durations(rows):
    """Return the durations of each part, without parts of 0 ns. @rows: rows of csv"""
    durations = collections.defaultdict(list)
    for row in rows:
        time = csv_time(row)
        if row["slow"] == "0":
            time = {"work": int(row["duration"])}
        elif not time:
            time = {"not_known": int(row["duration"])}
        for name in (*WORDS, "work", "not_known"):
            ns = time.get(part_member(name))
            durations[name] += [ns] if ns else []
    return durations


def check_parts(report, samples, rows):
    """Compare the parts of the time of faults. The parts must sum to the time."""
    waits = report["waits"]
    found = {key[1] for key in samples if key[0].startswith("fault_part")}
    if not waits["recorded"]:
        equal(set(), found, "parts")
        return
    parts = {p["part"]: p["ns"] for p in waits["parts"]} | {"not_known": waits["unknown_ns"]}
    equal(report["faults"]["ns"], sum(parts.values()), "sum of the parts")
    equal({name for name, ns in parts.items() if ns}, found, "parts")
    durations = part_durations(rows)
    for name in found:
        check_histogram(samples, "fault_part_seconds", name, durations[name], parts[name])
    equal(waits["locks_ns"], ns_of(samples["mmap_lock_wait_seconds_total",]), "locks")
    equal(str(waits["locks"]), samples["mmap_lock_waits_total",], "number of locks")


def check_openmetrics(report, path, rows):
    samples = read_openmetrics(path)
    durations = collections.defaultdict(list)
    with open(rows, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if int(row["duration"]):    # a duration of 0 means unknown
            durations[row["class"]].append(int(row["duration"]))
    for row in report["classes"]:
        equal(row["faults"] - row["untimed"], len(durations[row["class"]]), row["class"])
        check_histogram(samples, "fault_duration_seconds", row["class"],
                        durations[row["class"]], row["ns"])
    for family, member in (("untimed_faults_total", "untimed"),
                           ("major_faults_total", "major")):
        equal({row["class"]: row[member] for row in report["classes"] if row[member]},
              {key[1]: int(value) for key, value in samples.items()
               if key[0] == family and value != "0"}, family)
    for name, number in report["counts"].items():
        equal(str(number), samples["events_total", name], name)
    check_parts(report, samples, rows)
    for name, number in report["merges"].items():
        equal(str(number), samples["merges_total", name], name)
    for name, number in report["refused"].items():
        equal(str(number), samples["merges_refused_total", name], name)
    for row in report["tlb"]["reasons"]:
        equal(str(row["flushes"]), samples["tlb_flushes_total", row["reason"]],
              row["reason"])
    tlb = report["tlb"]
    equal(str(tlb["pages"]) if tlb["recorded"] else None,
          samples.get(("tlb_flushed_pages_total",)), "pages of flushes")
    for sample, member in (("fault_filled_bytes_total", "filled_bytes"),
                           ("fault_around_bytes_total", "around_bytes"),
                           ("fault_page_table_bytes_total",
                            "page_table_bytes"),
                           ("mmap_mapped_bytes_total", "mapped_bytes"),
                           ("events_lost_total", "lost"),
                           ("calls_missed_total", "missed"),
                           ("mmap_failed_total", "mmap_failed"),
                           ("unhandled_faults_total", "unhandled"),
                           ("vmas_limit", "max_map_count"),
                           ("retried_faults_total", "retried"),
                           ("awaited_read_faults_total", "awaited"),
                           ("vmas_most", "vmas_most")):
        equal(str(report[member]), samples[sample,], member)
    for sample, member in (("gaps", "gaps"), ("functions_absent", "absent")):
        equal(str(len(report[member])), samples[sample,], member)
    equal(report["mmap_ns"], ns_of(samples["mmap_seconds_total",]), "mmap_ns")


# ---- nesting ----


def check_populated(_, path, pages):
    """Check that an mmap() contains do_mmap() and one fault for each populated
    page."""
    most = 0
    for track in read_chrome(path)[1].values():
        for begin, end, name in track:
            if name != "mmap()":
                continue
            inside = [n for b, e, n in track if begin <= b and e <= end]
            equal(1, inside.count("do_mmap"), "calls in an mmap()")
            most = max(most, sum(n.startswith(FAULT) for n in inside))
    equal(int(pages), most, "faults in an mmap()")


# ---- sums ----


def check_timeline_sums(report, path):
    moments = report["timeline"]
    begins = [m["from"] for m in moments]
    equal(sorted(begins), begins, "order of moments")
    for wanted, member in ((report["faults"]["faults"], "faults"),
                           (report["faults"]["ns"], "ns"),
                           (report["filled_bytes"], "filled_bytes"),
                           (report["around_bytes"], "around_bytes"),
                           (report["page_table_bytes"], "page_table_bytes")):
        equal(wanted, sum(m[member] for m in moments), member)
    equal(report["vmas_most"], max(m["vmas"] for m in moments), "VMAs")
    rows = open(path, encoding="utf-8").read().splitlines()[1:]
    equal([m["faults"] for m in moments],
          [int(row.split()[2]) for row in rows], "rows")


def check_spread(report, path):
    """Check the durations in the timeline. The duration of each fault is divided
    among all rows of the timeline that the fault spans."""
    begins = [report["first_ns"] + m["from"] for m in report["timeline"]]
    ends = begins[1:] + [1 << 64]
    counts, ns = [0] * len(begins), [0] * len(begins)
    for event in map(json.loads, open(path, encoding="utf-8")):
        if event.get("event") != FAULT:
            continue
        end, begin = event["time"], event["time"] - event["duration"]
        for i, bounds in enumerate(zip(begins, ends)):
            counts[i] += bounds[0] <= end < bounds[1]
            ns[i] += max(min(end, bounds[1]) - max(begin, bounds[0]), 0)
    equal(counts, [m["faults"] for m in report["timeline"]], "faults of moments")
    equal(ns, [m["ns"] for m in report["timeline"]], "durations of moments")
    if not begins[-1] <= report["last_ns"]:
        sys.exit("moments after the last event")
    wide = begins[-1] - begins[-2] if len(begins) > 1 else 1024
    if not report["last_ns"] < begins[-1] + wide:
        sys.exit("the moments end before the last event")


def neighbours(merge):
    """Return the reasons for those sides on which the range is adjacent to another
    VMA."""
    reasons = [merge[f"reason_{side}_name"] for side in ("prev", "next")
               if merge[f"{side}_end"]]
    return [reason for reason in reasons if reason != "inside"]


def check_reasons(report, path):
    """Compare the reasons of failed merges in the report with those in the
    events."""
    reasons = collections.Counter()
    for line in open(path, encoding="utf-8"):
        event = json.loads(line)
        if event.get("event") == "vma_merge":
            reasons.update(neighbours(event))
    equal({name: n for name, n in report["reasons"].items() if n},
          dict(reasons), "reasons")
    if not reasons:
        sys.exit("no merge was refused")


def pages_of(fault):
    """Return how many pages a fault mapped, how many pages around them it mapped,
    and how many page tables it allocated."""
    after, before = set(fault["after_names"]), set(fault["before_names"])
    entry = set(fault["entry_after_names"])
    if not fault["after_seen"]:
        return 0, 0, 0
    fresh = "present" in entry - set(fault["entry_before_names"])
    pages = 1 << fault["order"] if fresh and "zero" not in entry else 0
    tables = len(after - before - {"PTE"})
    own = not fault["entry_before"] and bool(fault["entry_after"])
    return (pages, max(fault["filled"] - own, 0),
            tables - bool(tables and "huge" in entry))


def check_sums(report, path):
    """Recalculate every number that can be derived from the events, and compare
    it."""
    first, *events, last = map(json.loads, open(path, encoding="utf-8"))
    faults = [e for e in events if e["event"] == FAULT]
    merges = [e for e in events if e["event"] == "vma_merge"]
    equal(len(events), last["events"], "events")
    major = sum("major" in e["ret_names"] for e in faults)
    equal(sum(e["duration"] for e in faults if "major" in e["ret_names"]),
          report["faults"]["major_ns"], "major_ns")
    equal((len(faults), sum(e["duration"] for e in faults),
           max(e["duration"] for e in faults), major,
           sum(not e["duration"] for e in faults)),
          tuple(report["faults"][m] for m in
                ("faults", "ns", "max_ns", "major", "untimed")), "faults")
    for table, name, of in (("classes", "class", "class_name"),
                            ("threads", "tid", "tid")):
        rows = {str(row[name]): row for row in report[table]}
        equal(len(rows), len(report[table]), f"rows of {table}")
        equal(set(rows), {str(e[of]) for e in faults}, table)
        for key, row in rows.items():
            its = [e for e in faults if str(e[of]) == key]
            equal((len(its), sum(e["duration"] for e in its),
                   max(e["duration"] for e in its),
                   sum("major" in e["ret_names"] for e in its),
                   sum(not e["duration"] for e in its)),
                  tuple(row[m] for m in ("faults", "ns", "max_ns", "major",
                                         "untimed")), key)
    for table in ("files", "vmas", "instructions"):
        for member in ("faults", "major", "ns", "untimed"):
            equal(report["faults"][member],
                  sum(row[member] for row in report[table]),
                  f"{member} of {table}")
    pages = [pages_of(e) for e in faults]
    for member, counts in zip(("filled_bytes", "around_bytes", "page_table_bytes"),
                              zip(*pages)):
        equal(sum(counts) * first["page_bytes"], report[member], member)
    equal(sum(not e["after_seen"] for e in faults), report["unseen"], "unseen")
    equal(sum(e["retries"] > 0 for e in faults), report["retried"], "retried")
    refused = collections.Counter(e["cause_name"] for e in merges)
    equal([], [e for e in merges if e["outcome_name"] != "none" or
               not neighbours(e)], "merges not refused")
    equal(dict(refused), {k: n for k, n in report["refused"].items() if n},
          "refused")
    for event in events:    # nr is -1 outside of system calls
        if not -1 <= event["nr"] < 1000 or not 0 <= event["cpu"] < 8192:
            sys.exit(f"numbers of {event}")
    equal(report["last_ns"] - report["first_ns"], report["ns"], "ns")
    if len(events) == report["events"]:
        equal([min(e["time"] - e.get("duration", 0) for e in events),
               max(e["time"] for e in events)],
              [report["first_ns"], report["last_ns"]], "first and last")

    # Each page of 4 KiB has one reason, and each VMA is a part of the reason "range".
    touched = report["first_touch"]
    bytes_of = {r["reason"]: r["bytes"] for r in touched["reasons"]}
    equal(touched["small_bytes"], sum(bytes_of.values()), "bytes of first touches")
    equal(bytes_of.get("range", 0), touched["short_bytes"] +
          sum(r["bytes"] for r in touched["ranges"]), "bytes of ranges")


# ---- members ----

FIGURES = {"faults", "major", "ns", "max_ns", "untimed"}
PERCENTILES = FIGURES | {"major_ns", "p50_ns", "p90_ns", "p99_ns"}
CODE = {"build_id", "symbol", "symbol_offset", "source", "line"}
OPTIONAL = {"callers", "machine", "thp_settings", "hugetlb"}
# All members of the objects of each schema, at any depth. Members in CODE are
# left out here, because they are written only if they are known.
MEMBERS = {
    "mmapdemo-report": (
        set("schema version program kernel title events hidden lost missed "
            "gaps absent first_ns last_ns ns run_ns counts faults retried unhandled signals awaited "
            "awaited_ns classes files vmas instructions threads makers waits calls mmap_failed mmap_ns "
            "mapped_bytes forks exits merges refused reasons vmas_most "
            "vmas_most_pid vmas_most_comm max_map_count "
            "filled_bytes around_bytes page_table_bytes unseen tlb timeline first_touch".split()),
        {"faults": PERCENTILES, "classes": PERCENTILES | {"class"},
         "files": FIGURES | {"file"}, "vmas": FIGURES | {"vma", "pid", "comm"},
         "instructions": FIGURES | {"ip"}, "threads": FIGURES | {"tid", "comm", "pid", "process"},
         "makers": set("caller at vmas made call split flags".split()),
         "forks": set("count ns max_ns vmas page_table_bytes reserve_bytes copied "
                      "copied_ns copied_children copied_children_ns huge_split "
                      "huge_split_ns reused reused_ns huge_reused "
                      "huge_reused_ns hugetlb hugetlb_ns copied_unsure "
                      "copied_unsure_ns uncopied uncopied_ns freed freed_ns "
                      "freed_last freed_last_ns failed failed_ns cost_ns shared vforks vforks_untimed "
                      "suspended_ns suspended_max_ns".split()),
         "exits": {"count", "ns", "max_ns", "vmas", "page_table_bytes",
                   "left", "left_ns"},
         "merges": {"none", "prev", "next", "both"},
         "waits": set("recorded faults ns unknown unknown_ns lock_before lock_before_ns "
                      "read_bytes reclaimed parts locks locks_ns holders waiters "
                      "slowest".split()),
         "refused": {"mmap", "brk", "change", "move", "insert",
                     "extend"},
         "first_touch": {"small_bytes", "huge_bytes", "smaller", "reasons",
                         "short_bytes", "ranges"},
         "tlb": {"recorded", "flushes", "all", "pages", "reasons"},
         "timeline": set("from faults ns filled_bytes around_bytes "
                         "page_table_bytes vmas".split())}),
    "mmapdemo-lint": (
        set("schema version program kernel title lost missed gaps "
            "absent".split()), {}),
    "mmapdemo-diff": (
        set("schema version program a b faults classes files calls "
            "figures".split()),
        {"a": set("file kernel title events lost missed gaps absent".split()),
         "b": set("file kernel title events lost missed gaps absent".split()),
         "faults": {"faults", "ns", "max_ns"},
         "classes": {"class", "faults", "ns", "max_ns"},
         "files": {"file", "faults", "ns", "max_ns"},
         "calls": {"call", "count", "failed", "untimed", "ns", "max_ns"},
         "figures": {"figure", "unit", "values"}}),
    "mmapdemo-events": (
        set("schema version program kernel title clock page_bytes "
            "levels".split()), {}),
}


def check_members(_, path):
    """Check that the first object of a file has exactly these members, and perhaps
    members that depend on how the recording was made."""
    text = open(path, encoding="utf-8").read()
    found, _ = json.JSONDecoder().raw_decode(text)
    members, parts = MEMBERS[found["schema"]]
    equal(sorted(members), sorted(set(found) - OPTIONAL), found["schema"])
    for name, wanted in parts.items():
        rows = found[name] if isinstance(found[name], list) else [found[name]]
        for row in rows:
            equal(sorted(wanted), sorted(set(row) - CODE), name)


# ---- code ----


def check_code(report, table, symbol, pages, source, line):
    """Check that a function has at least so many faults at this line of its
    source."""
    rows = [(r.get("source"), r.get("line"), r["faults"])
            for r in report[table] if r.get("symbol") == symbol]
    if not any(row[:2] == (source, int(line)) and row[2] >= int(pages)
               for row in rows):
        sys.exit(f"{symbol} in {table}: {rows}")


def check_maker(report, symbol, call, flags, made, source, line):
    """Check how many VMAs a function made by a call at this line of its source."""
    rows = [(r["call"], r["flags"], r["vmas"], r["made"], r.get("source"),
             r.get("line")) for r in report["makers"]
            if r.get("symbol") == symbol]
    equal([(call, flags, int(made), int(made), source, int(line))], rows, symbol)


def check_frames(header, path, symbol):
    """Check that each frame of a stack names its code, and that one is @symbol."""
    events = [json.loads(line) for line in open(path, encoding="utf-8")]
    stacks = [e for e in events if e.get("stack")]
    if not any(f.get("symbol") == symbol for e in stacks for f in e["frames"]):
        sys.exit(f"no {symbol} in the frames of {header['title']}")
    for e in stacks:
        if len(e["frames"]) > len(e["stack"]) or \
                not all(f["code"] for f in e["frames"]):
            sys.exit(f"frames of {e}")


# ---- mmapdemo diff ----


def by_name(rows, what):
    """Return the number of faults, their total time and the longest time, by name.
    All files without a name are one entry."""
    sums = collections.defaultdict(lambda: [0, 0, 0])
    for row in rows:
        name = row[what]
        if re.fullmatch(r"inode \d+ of \d+:\d+", name):
            name = "files without a name"
        sums[name][0] += row["faults"]
        sums[name][1] += row["ns"]
        sums[name][2] = max(sums[name][2], row["max_ns"])
    return dict(sums)


def check_diff_calls(a, b, rows):
    """Compare the rows of system calls. Both recordings must contain every call."""
    names = [row["call"] for row in rows]
    equal(sorted(set(a) | set(b)), sorted(names), "calls")
    for row in rows:
        sides = [side.get(row["call"], {}) for side in (a, b)]
        for member in ("count", "failed", "untimed", "ns", "max_ns"):
            equal([side.get(member, 0) for side in sides], row[member],
                  f"{member} of {row['call']}")
    changes = [abs(row["ns"][1] - row["ns"][0]) for row in rows]
    equal(sorted(changes, reverse=True), changes, "order of calls")


COUNTED = ("do_mmap", "vma_link", "vma_split", "vma_unlink", "brk", "mremap", "dup_mm",
           "task_newtask", "sched_process_exec")
SAME_NAME = ("mmap_ns", "ns", "mmap_failed", "mapped_bytes", "filled_bytes",
             "around_bytes", "page_table_bytes", "vmas_most", "retried", "unhandled",
             "awaited")


def figures(report):
    """Return the figures of a report that mmapdemo diff compares, by their names in
    the comparison. A figure that is unknown is left out."""
    faults, tlb = report["faults"], report["tlb"]
    equal(report["counts"]["dup_mm"], report["forks"]["count"], "forks")
    found = {name: report["counts"][name] for name in COUNTED}
    found |= {name: report[name] for name in SAME_NAME}
    found |= {f"merged_{name}": n for name, n in report["merges"].items()
              if name != "none"}
    found |= {f"refused_{name}": n for name, n in report["refused"].items()}
    found |= {name: faults[name] for name in
              ("major", "untimed", "p50_ns", "p90_ns", "p99_ns")}
    found |= {"fork_ns": report["forks"]["ns"], "exit_mmap_ns": report["exits"]["ns"]}
    waits = report["waits"]
    if waits["recorded"]:
        found |= {f"part_{p['part']}_ns": p["ns"] for p in waits["parts"]
                  if not p["not_known"]}
        found |= {name: waits[name] for name in ("lock_before_ns", "locks_ns")}
    if report["run_ns"]:
        found["run_ns"] = report["run_ns"]
    if tlb["recorded"]:
        requests = [r["flushes"] for r in tlb["reasons"]
                    if r["reason"] == "remote-ipi-send"]
        found |= {"tlb_flushes": tlb["flushes"], "tlb_flushes_all": tlb["all"],
                  "tlb_pages": tlb["pages"], "tlb_requests": sum(requests)}
    return found


def place(row):
    """Return the place of a figure: the overall times are first, then counts and
    sizes, then other times. The last two groups begin with the largest relative
    change."""
    name, (a, b) = row["figure"], row["values"]
    group = {"ns": 0, "run_ns": 1}.get(name, 3 if row["unit"] == "ns" else 2)
    return group, -abs(a - b) / max(a, b, 1), name


def check_diff(a, other, path):
    b = json.load(open(other, encoding="utf-8"))
    diff = json.load(open(path, encoding="utf-8"))
    equal(("mmapdemo-diff", 1), (diff["schema"], diff["version"]), "schema")
    for member in ("faults", "ns", "max_ns"):
        equal([a["faults"][member], b["faults"][member]],
              diff["faults"][member], member)
    for rows, what in (("classes", "class"), ("files", "file")):
        sides = by_name(a[rows], what), by_name(b[rows], what)
        names = [row[what] for row in diff[rows]]
        equal(sorted(set(sides[0]) | set(sides[1])), sorted(names), rows)
        for row in diff[rows]:
            pairs = [side.get(row[what], [0, 0, 0]) for side in sides]
            equal([list(p) for p in zip(*pairs)],
                  [row["faults"], row["ns"], row["max_ns"]], row[what])
        changes = [abs(row["ns"][1] - row["ns"][0]) for row in diff[rows]]
        equal(sorted(changes, reverse=True), changes, f"order of {rows}")
    check_diff_calls(a["calls"], b["calls"], diff["calls"])
    sides = figures(a), figures(b)
    equal(sides[0].keys() & sides[1].keys(), {f["figure"] for f in diff["figures"]},
          "figures")
    for row in diff["figures"]:
        equal([side[row["figure"]] for side in sides], row["values"], row["figure"])
    equal(sorted(diff["figures"], key=place), diff["figures"], "order of figures")


# ---- an expression ----


def check_value(report, expression):
    """Print the value of an expression. In the expression, r is the report."""
    print(eval(f"({expression})", {"r": report}))


# ---- requests ----


def load(path):
    """Return the JSON object in a file, or the data of an HTML page."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".html"):
        begin = text.index('id="data">') + len('id="data">')
        text = text[begin:text.index("</script>", begin)]
    return json.loads(text)


def run(check, report, *files):
    globals()["check_" + check](load(report), *files)


def answer(run, words):
    """Call @run with the words, and return its exit status and its output."""
    output = io.StringIO()
    try:
        with contextlib.redirect_stdout(output):
            run(*words)
    except SystemExit as difference:
        return f"1{difference}\n"
    except Exception:
        return "1" + traceback.format_exc()
    return "0" + output.getvalue()


def serve(run):
    """Call @run with the words of each line of the input.

    If $ANSWER names a file, each answer replaces the content of the file. bash reads
    a pipe byte by byte, but a file in large blocks.
    """
    path = os.environ.get("ANSWER")
    for line in sys.stdin:
        text = answer(run, line.rstrip("\n").split("\t"))
        if path:
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            text = ""
        print(text, end="\0", flush=True)


if __name__ == "__main__":
    if sys.argv[1:]:
        run(*sys.argv[1:])
    else:
        serve(run)
