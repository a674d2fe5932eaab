# SPDX-License-Identifier: GPL-2.0-only
"""Checks of the documents, for documents.sh and documents_test.sh.

documents.py CHECK [FILE]: compare the program, its sources and its documents. Each
check prints what is in only one of them, and exits with 1. The sources must be
present, and mmapdemo must be in PATH.
"""

import functools
import glob
import json
import os
import re
import subprocess
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
faults = []


def fault(text):
    faults.append(text)


def both_ways(a, b, what_a, what_b):
    """Report the elements that only one of two sets has."""
    for name in sorted(set(a) - set(b)):
        fault(f"{what_a} has {name}, {what_b} has not")
    for name in sorted(set(b) - set(a)):
        fault(f"{what_b} has {name}, {what_a} has not")


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return file.read()


def sources(pattern="*.c"):
    """Return the texts of the program's sources, by their paths below userspace/."""
    paths = sorted(glob.glob(os.path.join(TOP, "userspace/**", pattern),
                             recursive=True))
    return {os.path.relpath(path, os.path.join(TOP, "userspace")): read(path)
            for path in paths}


@functools.lru_cache(maxsize=None)
def mmapdemo(*words):
    """Run mmapdemo. Return its status and its output, including stderr."""
    run = subprocess.run(["mmapdemo", *words], text=True, timeout=60,
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT)
    return run.returncode, run.stdout


def helps(*command):
    return mmapdemo(*command, "--help")[1]


@functools.lru_cache(maxsize=None)
def commands():
    return re.findall(r"^  ([a-z]+) ", helps(), re.M)


# ---- manual pages ----

GLYPHS = {"->": "→", "mc": "µ", "en": "–", "pc": "·", "rs": "\\",
          "dq": '"', "aq": "'", "or": "|"}


def plain(text):
    """Return the text that roff prints for a line without a request."""
    text = re.sub(r"\\\[u([0-9A-F]{4})\]", lambda m: chr(int(m[1], 16)), text)
    text = re.sub(r"\\\[(..)\]|\\\((..)",
                  lambda m: GLYPHS.get(m[1] or m[2], "?"), text)
    text = re.sub(r"\\f.|\\[&|]", "", text)
    return text.replace("\\-", "-").replace("\\~", " ").replace("\\ ", " ")


def words_of(line):
    """Return the arguments of a roff request. A text in quotes is one argument."""
    return [quoted or word for quoted, word in
            re.findall(r'"([^"]*)"|(\S+)', line)]


def spans(line):
    """Return a line of roff as a list of pairs of a font and a text."""
    request = re.match(r"\.([BI]|[BIR][BIR]) +(.*)", line)
    if not request:
        return [] if line.startswith((".", "'")) else [("R", plain(line))]
    fonts, words = request[1], words_of(request[2])
    if len(fonts) == 1:
        return [(fonts, plain(" ".join(words)))]
    return [(fonts[i % 2], plain(word)) for i, word in enumerate(words)]


class Section:
    """A section of a manual page: its title, its lines, and its tagged
    paragraphs."""

    def __init__(self, title):
        self.title = title
        self.lines = []

    def bold(self):
        """Return all bold text, except names of other manual pages."""
        return [text.strip() for line in self.lines
                if not re.match(r"\.BR \S+ \(\d\)", line)
                for font, text in spans(line) if font == "B"]

    def tags(self):
        """Return the tags, which are the lines after .TP, as text."""
        return ["".join(text for font, text in spans(line))
                for before, line in zip([""] + self.lines, self.lines)
                if before == ".TP"]

    def of_tag(self, begin):
        """Return the tagged paragraph whose tag begins with this text."""
        part = Section(begin)
        inside = False
        for before, line in zip([""] + self.lines, self.lines):
            if before == ".TP":
                inside = "".join(t for _, t in spans(line)).startswith(begin)
            elif inside:
                part.lines.append(line)
        return part

    def text(self):
        return "\n".join("".join(text for _, text in spans(line))
                         for line in self.lines)


@functools.lru_cache(maxsize=None)
def manual(page):
    """Return the sections and the subsections of a manual page."""
    sections = [Section("")]
    for line in read(f"userspace/man/mmapdemo.{page}").splitlines():
        head = re.match(r"\.S[HS] +(.*)", line)
        if head:
            sections.append(Section(plain(" ".join(words_of(head[1])))))
        else:
            sections[-1].lines.append(line)
    return sections


def section(title, page=1):
    for candidate in manual(page):
        if candidate.title == title:
            return candidate
    sys.exit(f"mmapdemo({page}) has no section {title}")


def sections_of(command):
    """Return the sections whose title contains "mmapdemo" and this command."""
    return [s for s in manual(1) if re.search(rf"\bmmapdemo {command}\b",
                                              s.title)]


# ---- options ----


def in_help(command):
    """Return the options in --help. The key is the letter (or "") and the name, and
    the value is the argument."""
    return {(letter, name): what for letter, name, what in re.findall(
        r"^  +(?:(-\w), |)(--[a-z-]+)(?: ([A-Z]+)|)", helps(command), re.M)}


def in_manual(command):
    found = set()
    for part in sections_of(command) + [section("Every command")]:
        for tag in part.tags():
            option = re.match(r"(?:(-\w), |)(--[a-z-]+)", tag)
            if option:
                found.add((option[1] or "", option[2]))
    return found


def knows(command, option):
    """Return whether a command knows an option. A command that does not know the
    option fails before it prints --help."""
    unknown = "--zzzz"
    return mmapdemo(command, option, "--help")[0] == 0 or \
        mmapdemo(command, option + "=1", "--help")[1].replace(option, "") != \
        mmapdemo(command, unknown + "=1", "--help")[1].replace(unknown, "")


def check_options():
    """Compare the tables of options in the sources, --help and the manual."""
    names = set()
    for text in sources("*.[ch]").values():
        names |= {"--" + name for pair in re.findall(
            r"""OPTION_[A-Z]+\((?:0|'\w'), "([a-z-]+)"|"""
            r"""\{ "([a-z-]+)", (?:0|'\w'), """, text)
            for name in pair if name}
    for command in commands():
        shown = in_help(command)
        both_ways(shown, in_manual(command), f"{command} --help",
                  "mmapdemo(1) of it")
        for name in names:
            listed = name in {long for _, long in shown}
            if knows(command, name) != listed:
                fault(f"{command} {'lacks' if listed else 'knows'} {name}, "
                      f"its --help {'has it' if listed else 'does not'}")


def check_letters():
    """Check that each command knows exactly the one-letter options in its --help."""
    for command in commands():
        shown = {letter for letter, _ in in_help(command)}
        for letter in "abcdefgijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ":
            wrong = mmapdemo(command, "-0", "--help")[1].replace("'0'", "")
            got = mmapdemo(command, "-" + letter, "--help")[1]
            if (got.replace(f"'{letter}'", "") != wrong) != \
                    ("-" + letter in shown):
                fault(f"{command} -{letter}: --help and the program differ")


def aliases():
    """Return other names of commands. mmapdemo --help does not list them."""
    return re.findall(r'\{ "(\w+)", cmd_\w+, NULL', sources()["cmd/main.c"])


def check_commands():
    """Check that --help, the synopsis, the manual and README have every command."""
    for alias in aliases():
        if f"mmapdemo {alias}" not in helps(alias) or \
                f"mmapdemo {alias}" not in sum(
                    (part.bold() for part in manual(1)), []):
            fault(f"its --help or mmapdemo(1) does not have {alias}")
    shown = set(commands())
    synopsis = set(re.findall(r"mmapdemo\\ ([a-z]+)",
                              "\n".join(section("SYNOPSIS").lines)))
    both_ways(shown, synopsis, "mmapdemo --help", "the synopsis")
    for command in commands():
        for line in helps(command).splitlines():
            if len(line) > 80:
                fault(f"{command} --help has a line of {len(line)} columns")
        if not re.search(r"\n\nExamples:\n(  .*mmapdemo.*\n){2}$",
                         helps(command)):
            fault(f"{command} --help does not end with two examples")
        if not sections_of(command):
            fault(f"mmapdemo(1) has no section about {command}")
        if not re.search(rf"mmapdemo {command}\b", read("README.md")):
            fault(f"README.md does not name mmapdemo {command}")


# ---- examples ----


def examples():
    """Yield each line that may contain a command, together with its place."""
    readme = read("README.md")
    for block in re.findall(r"^```\n(.*?)^```", readme, re.M | re.S):
        for line in block.splitlines():
            yield "README.md", line
    for span in re.findall(r"(?<!`)`(mmapdemo [^`]*)`(?!`)", readme):
        yield "README.md", " ".join(span.split())
    for command in commands():
        for line in helps(command).split("\nExamples:\n")[1:]:
            for row in line.splitlines():
                yield f"{command} --help", row
    for page in (1, 4, 7):
        for part in manual(page):
            for line in re.findall(r"^\.EX\n(.*?)^\.EE", "\n".join(part.lines)
                                   + "\n", re.M | re.S):
                for row in line.splitlines():
                    yield f"mmapdemo({page})", plain(row)
            for bold in part.bold():
                yield f"mmapdemo({page})", bold


def check_examples():
    """Check that the commands and options in all examples exist."""
    for place, line in examples():
        for command, rest in re.findall(
                r"(?<![\w/=:.*-])mmapdemo ([a-z]+)\b(?!:)([^#|;&()]*)", line):
            if command not in commands() + aliases():
                fault(f"{place}: there is no mmapdemo {command}")
                continue
            known = {o for pair in in_help(command) for o in pair}
            for option in re.split(r" --(?: |$)| mmapdemo ", rest)[0].split():
                name = option.split("=")[0]
                if name.startswith("-") and name not in known:
                    fault(f"{place}: mmapdemo {command} has no {name}")


# ---- README ----


NUMBERS = ["fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"]


def check_readme():
    """Check the files, make targets and scenes that README names."""
    text = read("README.md")
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.M))
    code = re.findall(r"`([^`\n]+)`", text) + \
        [line for _, line in examples()]
    for line in code:
        for target in re.findall(r"\bmake ([a-z][a-z-]*)", line.split("#")[0]):
            if target not in targets:
                fault(f"README.md has make {target}, the Makefile has not")
    for link in re.findall(r"\]\(([^):#]+)\)", text):
        if not os.path.exists(os.path.join(TOP, link)):
            fault(f"README.md links to {link}: there is none")
    for name in re.findall(r"[\w*]+\.[ch]\b", text):
        if not any(glob.glob(os.path.join(TOP, folder, name)) for folder in
                   ("module", "module/*", "module/arch/*", "uapi",
                    "userspace/*", "selftests",
                    "selftests/bench/textbook")):
            fault(f"README.md names {name}: there is none")
    scenes = len(glob.glob(os.path.join(TOP, "userspace/tour/en/*.txt"))) - 1
    shown = re.findall(r"The tour has (\w+) scenes", text)
    if shown != NUMBERS[scenes - 15:scenes - 14]:
        fault(f"README.md has {shown} scenes, the tour has {scenes}")


def check_layers():
    """Check that README.md lists the module's files that other directories
    include."""
    shown = re.search(r"^ uapi/ .*?^ userspace/ ", read("README.md"),
                     re.M | re.S)[0]
    real = {name for folder in ("selftests", "userspace")
            for path in glob.glob(os.path.join(TOP, folder, "**/*.[ch]"),
                                  recursive=True)
            for name in re.findall(r'"(?:\.\./)+module/(?:\w+/)*(\w+)\.', read(path))}
    both_ways(set(re.findall(r"(\w+)\.[ch]", shown)), real, "README.md",
              "what is included of module/")


# ---- events ----


def events():
    """Return, from events.h, the documented and the real fields of each event."""
    text = read("module/trace/events.h")
    docs = {name: set(re.findall(r"^ \* @(\w+):", body, re.M))
            for name, body in re.findall(
                r"/\*\*\n \* DOC: (\w+) - (.*?)\*/", text, re.S)}
    real = {name: set(re.findall(r"__(?:field|array|dynamic_array)\(\w+, (\w+)", body))
            for name, body in re.findall(
                r"TRACE_EVENT\w*\((\w+),(.*?)TP_fast_assign", text, re.S)}
    return docs, real


def layouts():
    """Return the fields of each event in the program."""
    text = sources()["event/event.c"]
    fields = {name: set(re.findall(r"\(\w+, (\w+)", body))
              for name, body in re.findall(
                  r"struct field (\w+)\[\] = \{(.*?)\bEND\b", text, re.S)}
    return {event: fields[name] for event, name in re.findall(
        r'"mmapdemo",\s+"(\w+)",\s+(\w+_fields)', text)}


def check_events():
    """Compare events and fields in README, mmapdemo(7), events.h and the program."""
    docs, real = events()
    both_ways(docs, real, "the comments of events.h", "the events")
    for name in real:
        both_ways(docs.get(name, ()), real[name],
                  f"the comment of {name}", "the event")
    readme = re.findall(r"^\| `mmapdemo:(\w+)` \|",
                        read("README.md").split("## What it costs")[0], re.M)
    both_ways(readme, real, "README.md", "events.h")
    shown = {word for part in manual(7) for bold in part.bold()
            for word in [bold] if word in real}
    both_ways(shown, real, "mmapdemo(7)", "events.h")
    untold = re.findall(r"^Each event except (.*?), which", read("README.md"), re.M)
    both_ways(re.findall(r"`(\w+)`", " ".join(untold)),
              {name for name in real if "trigger" not in real[name]},
              "README.md's exception", "an event without trigger")
    known = layouts()
    for name in real:
        both_ways(known.get(name, ()), real[name],
                  f"event.c of {name}", "events.h")


# ---- huge pages ----


def huge_words():
    """Return the words of the tests, by their names in huge_rules.h."""
    header = read("uapi/mmapdemo.h")
    names = re.findall(r"^\t(MMAPDEMO_HUGE_\w+),$", header, re.M)
    listed = re.search(r"MMAPDEMO_HUGE_REASONS\b.*?\n\n", header, re.S).group()
    words = dict(zip(names, re.findall(r'EMe?\(\d+,\s+"([a-z-]+)"\)', listed)))
    result = {name: words[value] for name, value in re.findall(
        r"\b(HUGE_\w+) = (MMAPDEMO_HUGE_(?!REASON_)\w+),", read("module/trace/huge_rules.h"))}
    result.update(re.findall(r'\[(HUGE_\w+)\] = "([a-z-]+)"',
                             sources()["system/huge_rules.c"]))
    return result


def huge_rules():
    """Return, from huge_rules.c, the words of the tests in their order, by kind of
    memory and by kernel."""
    words = huge_words()
    text = read("module/trace/huge_rules.c")
    macros = {name: body for name, body in re.findall(
        r"#define (TESTS_OF_\w+)\s+(?:\\\n)?(.*?\})", text, re.S)}
    rules = {}
    for release, body in re.findall(
            r"huge_rules mmapdemo_huge_(\w+) = \{\s+\.tests = \{(.*?)\n\t\},", text, re.S):
        for kind, tests in re.findall(
                r"\[HUGE_KIND_(\w+)\] = (\{.*?\}|TESTS_OF_\w+),", body, re.S):
            found = re.findall(r"HUGE_\w+", macros.get(tests, tests))
            rules.setdefault(kind.lower(), {})[release.replace("_", ".")] = [
                words[test] for test in found]
    return rules


def huge_tables():
    """Return the tables of mmapdemo(7) about huge pages, in the form of huge_rules()."""
    kinds = {"anonymous": "anon", "shmem": "tmpfs", "other files": "file"}
    text = read("userspace/man/mmapdemo.7").split('.SH "HUGE PAGES"')[1].split("\n.SH ")[0]
    result = {}
    for table in re.findall(r"^\.TS\n(.*?)^\.TE", text, re.S | re.M):
        rows = [line.split("|") for line in table.splitlines() if "|" in line][1:]
        head = [plain(cell) for cell in rows[0]]
        kernels = {}
        for row in rows[1:]:
            for release, cell in zip(head[2:], row[2:]):
                if cell.isdigit():
                    word = re.sub(r"\\f.", "", plain(row[0]))
                    kernels.setdefault(release, {})[int(cell)] = word
        result[kinds[head[0]]] = {release: [order[i] for i in sorted(order)]
                           for release, order in kernels.items()}
    return result


def check_huge():
    """Compare the order of the tests in mmapdemo(7) and in huge_rules.c."""
    rules, tables = huge_rules(), huge_tables()
    both_ways(tables, {"anon", "tmpfs", "file"}, "mmapdemo(7)", "the kinds of memory")
    if rules["shared"] != rules["tmpfs"]:
        fault("shared memory and tmpfs have different rules")
    for kind, table in tables.items():
        for release in rules[kind] | table:
            if rules[kind].get(release) != table.get(release):
                fault(f"huge pages, {kind}, Linux {release}: the manual has "
                      f"{table.get(release)}, huge_rules.c has {rules[kind].get(release)}")


# ---- JSON ----


@functools.lru_cache(maxsize=None)
def literals():
    """Return all strings in the program's sources."""
    return {text for source in sources("*.[ch]").values() for text in
            re.findall(r"""'(?:[^'\\]|\\.)'|"((?:[^"\\\n]|\\.)*)\"""", source)}


def json_sections():
    """Return the sections about JSON, by command. The section "Every" documents
    members that the first object of every command has."""
    found = {}
    inside = False
    for part in manual(1):
        if part.title == "OTHER FORMATS":
            break
        if inside:
            found[part.title.split()[0]] = part
        inside = inside or part.title == "JSON"
    return found


def members(part):
    """Return the members that a section documents. Their names are in bold."""
    return {word for word in part.bold()
            if re.fullmatch(r"[a-z][a-z0-9_]*", word)}


def check_json():
    """Compare the JSON members that the program writes with those in the manual."""
    known = (literals() | {f for event in events()[1].values() for f in event} |
             set(huge_words().values()))
    parts = json_sections()
    shown = {name: members(part) for name, part in parts.items()}
    everywhere = set().union(*shown.values())
    for name, text in sources().items():
        if name.startswith("report/html/"):
            continue
        written = re.findall(
            r'\b(?:json_add_\w+|add)\s*\([^;"]*"([^"]*)"', text)
        for pair in re.findall(r'\[BY_\w+\] = \{ "\w+", "(\w+)", "(\w+)"',
                               text):
            written += pair
        for member in written:
            if member not in everywhere:
                fault(f"{name} writes {member}, mmapdemo(1) does not have it")
    for name in shown:
        for member in sorted(shown[name] - known - set(commands())):
            if not member.endswith("_name"):
                fault(f"mmapdemo(1) has {member} of {name}, "
                      "the program does not write it")


# The members of these objects have names that are values, such as the names of
# events or reasons, or paths.
BY_NAME = {"calls", "counts", "merges", "refused", "classes", "thp_settings"}


def all_members(value):
    """Yield the members of an object, and of all objects inside it."""
    if isinstance(value, list):
        for item in value:
            yield from all_members(item)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name
            by_name = name in BY_NAME or \
                name == "reasons" and not isinstance(inner, list)
            if not by_name or isinstance(inner, list):
                yield from all_members(inner)


# These schemas are documented in the section of a command with another name.
SCHEMAS = {"mmapdemo-events": "trace", "mmapdemo-recording": "record"}


def check_written(command, path):
    """Check that the manual has all JSON members that a command has written."""
    parts = json_sections()
    fields = {f for event in events()[1].values() for f in event}
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    if not lines:
        sys.exit(f"{command} wrote nothing")
    command = SCHEMAS.get(lines[0].get("schema"), command)
    shown = members(parts["Every"]) | members(parts[command])
    for line in lines:
        stock = command == "trace" and line.get("event") not in \
            set(events()[1]) | {None, "summary"}
        for member in set(all_members(line)):
            base = re.sub(r"_names?$", "", member)
            if member in shown or stock or \
                    command == "trace" and base in fields:
                continue
            fault(f"mmapdemo {command} writes {member}, "
                  "mmapdemo(1) does not have it")


# ---- other formats, columns, parameters ----


def check_formats():
    """Compare the columns of CSV, and the names in OpenMetrics, with the manual."""
    csv = {name for tag in section("csv").tags() for name in tag.split(", ")}
    text = sources()["report/export/csv.c"]
    written = set(re.findall(r'fputs\("([a-z,]+)"', text)[0].split(","))
    written |= set(re.findall(r'fputs\(",([a-z_,]+)"', text)[0].split(","))
    written |= {"asleep_in", "cpu_wait"} | set(events()[1]["fault_time"])
    both_ways(csv, written | events()[1]["pte_fault"],
              "mmapdemo(1) csv", "the program")
    metrics = {word for word in section("openmetrics").bold()
               if re.fullmatch(r"[a-z]+[a-z_]*[a-z]", word)}
    both_ways(metrics, re.findall(r'put_(?!label\b)\w+\(out, "(\w+)"',
                                  sources()["report/export/openmetrics.c"]),
              "mmapdemo(1) openmetrics", "the program")


OPTIONS = r"(?s)\t\.options = \{.*?\n\t\},"
HEADS = r'"([A-Z][A-Z0-9%]*(?:/s| [AB])?)"'


def check_columns():
    """Compare the headings of the program's tables with the manual."""
    bold = " ".join(word for part in manual(1) for word in part.bold())
    heads = set()
    for name, text in sources("*.c").items():
        if re.search(r"_text\.c|_table\.c|report/summary\.c|top|vma_list|count|probes|faults",
                     name) and not name.startswith("report/html/"):
            heads |= set(re.findall(HEADS, re.sub(OPTIONS, "", text)))
    for head in sorted(heads - {"COLUMNS", "TERM"}):
        if not head.startswith("SIG") and \
                not re.search(rf"\b{re.escape(head)}(?!\w)", bold):
            fault(f"a table has {head}, mmapdemo(1) does not have it")
    for command in commands():
        for part in sections_of(command):
            for tag in part.tags():
                for word in re.split(", ", tag):
                    if re.fullmatch(r"[A-Z]+[A-Z0-9%]*(/s)?", word) and \
                            not printed(word):
                        fault(f"mmapdemo(1) has a column {word} of {command}, "
                              "the program has not")


def printed(word):
    return any(re.search(rf"\b{re.escape(word)}(?!\w)", text)
               for text in literals())


def check_glyphs():
    """Check that the manual explains the signs for page table levels and for
    claims."""
    text = sources()["base/line.c"]
    for name, part in re.findall(
            r"struct glyphs (\w+) = \{(.*?)\n\};", text, re.S):
        glyph = dict(re.findall(r'\.(\w+) = "([^"]*)"', part))
        wanted = [glyph[n] for n in
                  ("there", "filled", "replaced", "empty", "folded")]
        story = section("TRACE OUTPUT")
        bold = " ".join(story.bold())
        if " ".join(wanted) not in re.sub(r" PTE| DIM", "", bold) and \
                not re.search(".*".join(map(re.escape, wanted)), bold):
            fault(f"TRACE OUTPUT does not have the signs {' '.join(wanted)}")
    tour = " ".join(section("mmapdemo tour").bold())
    for sign in "✓", "✗", "·":
        if sign not in tour:
            fault(f"mmapdemo tour does not explain {sign}")


def check_parameters():
    """Compare the module's parameters with README."""
    real = set()
    for path in glob.glob(os.path.join(TOP, "module/**/*.c"), recursive=True):
        real |= set(re.findall(r"^module_param\w*\((\w+),", read(path), re.M))
    text = read("README.md").split("Module parameters:")[1].split("## ")[0]
    shown = set(re.findall(r"(?<!with )`(\w+)=\w*`", text))
    shown |= set(re.findall(r"The parameter `(\w+)`", read("README.md")))
    both_ways(shown, real, "README.md", "the module")


def check_ioctls():
    """Compare the ioctls, names and structures of the device with the manual."""
    real = set(re.findall(r"#define\s+(MMAPDEMO_IOC_\w+)",
                          read("uapi/mmapdemo.h")))
    shown = {w for part in manual(4) for bold in part.bold()
            for w in re.findall(r"MMAPDEMO_IOC_[A-Z_]+", bold)}
    both_ways(shown, real, "mmapdemo(4)", "mmapdemo.h")
    names = set(re.findall(r"\bMMAPDEMO_[A-Z0-9_]+\b|\bmmapdemo_[a-z]+\b",
                           read("uapi/mmapdemo.h")))
    for part in manual(4):
        for word in re.findall(r"\bMMAPDEMO_[A-Z0-9_]+\b|struct (mmapdemo_\w+)",
                               plain("\n".join(part.lines))):
            if word and word not in names:
                fault(f"mmapdemo(4) has {word}, mmapdemo.h has not")


def check_environment():
    """Compare the environment variables in the program and in the manual."""
    shown = {name for tag in section("ENVIRONMENT").tags()
            for name in tag.split(", ")}
    real = {name for text in sources().values()
            for name in re.findall(r'getenv\("(\w+)"\)', text)}
    libraries = {"LC_ALL", "LC_MESSAGES", "LANG", "TERM", "DEBUGINFOD_URLS"}
    both_ways(shown | libraries, real | libraries, "ENVIRONMENT", "the program")


def check_statuses():
    """Check the exit statuses of mmapdemo without a command."""
    real = set(re.findall(r"CMD_\w+ = (\d)", read("userspace/cmd/cmd.h")))
    part = section("EXIT STATUS")
    both_ways(part.tags(), real, "EXIT STATUS", "cmd.h")
    for command in commands():
        for option, status in ("--help", 0), ("--no-such-option", 2):
            if mmapdemo(command, option)[0] != status:
                fault(f"mmapdemo {command} {option} does not end with {status}")
    for text in sources().values():
        for status in re.findall(r"\b12[67]\b", text):
            if status not in part.text():
                fault(f"EXIT STATUS does not have {status}")


# ---- completion ----


@functools.lru_cache(maxsize=None)
def listed(command):
    """Return the output of --list-options. For each spelling of an option, this is
    the argument, the words and the help."""
    lines = mmapdemo(command, "--list-options")[1].splitlines()
    return {line.split("\t")[0]: line.split("\t")[1:] for line in lines}


def completed(command, option):
    """Return the words that bash offers as values of an option."""
    script = os.path.join(TOP, "userspace/completion/mmapdemo")
    run = subprocess.run(
        ["bash", "-c", '. "$1"; COMP_WORDS=(mmapdemo "$2" "$3" ""); '
         'COMP_CWORD=3; _mmapdemo; echo "${COMPREPLY[@]}"', "bash", script,
         command, option], text=True, timeout=60, stdout=subprocess.PIPE)
    return set(run.stdout.split())


def takes(command, option, word):
    return mmapdemo(command, f"{option}={word}", "--help")[0] == 0


def check_completion():
    """Compare completion with the program, its help and the manual."""
    for shell in "mmapdemo", "_mmapdemo":
        if "--list-options" not in read("userspace/completion/" + shell):
            fault(f"completion/{shell} does not ask for the options")
    for command in commands():
        shown = in_help(command)
        both_ways({word for pair in shown for word in pair if word},
                  listed(command), f"{command} --help", "--list-options")
        for letter, option in shown:
            arg, offered, _ = listed(command)[option]
            offered = set(offered.split())
            if arg.split(",")[0] != shown[letter, option]:
                fault(f"{command} {option} takes {arg}, not as in --help")
            if letter and listed(command)[letter] != listed(command)[option]:
                fault(f"{command} {letter} is not {option}")
            words = {w for part in sections_of(command)
                     for tag in (f"{letter}, {option}" if letter else option,)
                     for bold in part.of_tag(tag).bold()
                     for w in bold.split() if re.fullmatch("[a-z]+", w)}
            taken = {w for w in words if takes(command, option, w)}
            if offered:
                both_ways(offered, completed(command, option),
                          f"{command} {option}", "its completion")
                both_ways(offered, taken if taken & offered else offered,
                          f"completion of {option}", "mmapdemo(1)")
                for word in offered:
                    if not takes(command, option, word):
                        fault(f"{command} {option} does not take {word}")
                    if not re.search(rf"\b{word}\b", helps(command)):
                        fault(f"{command} --help does not have {word}")
            elif arg and words and taken == words and \
                    not takes(command, option, "zzz"):
                fault(f"{command} {option} takes {' '.join(sorted(words))}: "
                      "they are not completed")


def check_exports():
    """Check that each format of report is in the manual, a test and the fuzzer."""
    words = listed("report")["--format"][1].split()
    bold = {w for part in sections_of("report") + [section("OTHER FORMATS")]
            for text in part.bold() for w in text.split()}
    for word in words:
        if word not in bold:
            fault(f"report --format {word} is not in mmapdemo(1)")
        for path in "selftests/fuzz/commands.c", "selftests/export_test.sh":
            if word not in ("text", "json") and \
                    not re.search(rf"\b{word}\b", read(path)):
                fault(f"{path} does not have the format {word}")


def main():
    globals()["check_" + sys.argv[1]](*sys.argv[2:])
    for text in faults:
        print(text)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
