#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""mutate.py check | tree DIR | todo RESULTS PLACE | table RESULTS PLACES  [AREA...]

Works on the list of mutants (see "list"). check: test that the original text of each
mutant is in its file exactly once. tree: write a tree with all mutants; at run time,
$MUTANT or the module's parameter "mutant" selects one of them. todo: print the
mutants without a result at PLACE, which is "host" or the name of a kernel. table: print
the results by area; PLACES are separated by blanks.
"""

import functools
import hashlib
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
GOAL = 85


class Mutant:
    """A mutant of the list."""

    def __init__(self, line):
        words = line.split()
        self.number, self.area, self.file = int(words[0]), words[1], words[2]
        self.tests = words[3:]
        self.old, self.new, self.argued = [], [], []

    def original(self):
        """Return the text that the mutant changes."""
        return self.parts()[1]

    def parts(self):
        """Return three parts of the text: the context before the changed text, the
        changed text, and the context after it."""
        text = " ".join(self.old)
        match = re.fullmatch(r"(.*)\[\[(.*)\]\](.*)", text)
        return match.groups() if match else ("", text, "")

    def changed(self):
        return " ".join(self.new)

    def pattern(self):
        """Return a pattern for the original text. A blank in the text matches any
        blanks."""
        return re.compile("(?:%s)(%s)(?:%s)" % tuple(
            blanks(part) for part in self.parts()))

    def is_statement(self):
        return self.original().endswith(";")

    def chosen(self, found):
        """Return the replacement. At run time, it selects one of the two texts."""
        new = self.changed()
        if self.is_statement():
            new = new if not new or new[-1] in ";}" else new + ";"
            return f"{{ if (MUTANT({self.number})) {{ {new} }} else {{ {found} }} }}"
        return f"(MUTANT({self.number}) ? ({new}) : ({found}))"

    def key(self):
        """Return a key of the mutant. The key changes if the record, the file or a
        test changes. A change of comments does not change the key."""
        sums = hashlib.sha256()
        sums.update(repr((self.area, self.file, self.tests, self.old,
                          self.new)).encode())
        names = [self.file]
        for test in self.tests:
            names += [source(test)] + data(test)
        for name in names:
            sums.update(b"".join(uncommented(name).split()))
        return sums.hexdigest()[:12]


@functools.lru_cache(maxsize=None)
def uncommented(name):
    """Return the bytes of a file. Comments in C, and lines in a script that begin with
    "#", are removed."""
    with open(os.path.join(TOP, name), "rb") as file:
        text = file.read()
    if name.endswith((".c", ".h")):
        text = re.sub(rb"/\*.*?\*/", b"", text, flags=re.DOTALL)
    if name.endswith((".sh", ".py")):
        text = re.sub(rb"^\s*#.*", b"", text, flags=re.MULTILINE)
    return text


def on_host(test):
    """Return whether a test can run without a kernel."""
    path = source(test)
    with open(os.path.join(TOP, path), encoding="utf-8") as file:
        return "selftests/vm/" in path or "Depends on: nothing." in file.read()


def blanks(text):
    return r"\s+".join(re.escape(word) for word in re.split(r"\s+", text))


def source(test):
    """Return the source file of a test."""
    name = test.split(":")[0]
    for path in (f"selftests/{name}.c", f"selftests/{name}.sh",
                 f"selftests/vm/{name}.sh"):
        if os.path.exists(os.path.join(TOP, path)):
            return path
    sys.exit(f"mutate.py: there is no test {name}")


# Directories with what tests compare the program's output with, or the test itself.
DATA = {"golden_test": "selftests/golden", "html": "selftests/html"}


@functools.lru_cache(maxsize=None)
def data(test):
    """Return the files of a test other than its source file."""
    top = DATA.get(test.split(":")[0])
    files = [os.path.join(where, name)
             for where, _, names in os.walk(os.path.join(TOP, top or "."))
             for name in names] if top else []
    return sorted(os.path.relpath(file, TOP) for file in files
                  if "__pycache__" not in file)


def balanced(text):
    """Return whether each parenthesis of a text has its counterpart."""
    text = re.sub(r'"[^"]*"', "", text)
    return text.count("(") == text.count(")")


def is_list(text):
    """Return whether a text has a comma outside of parentheses and quotes. Such a text
    is not one expression."""
    text = re.sub(r'"[^"]*"', "", text)
    before = None
    while text != before:
        before, text = text, re.sub(r"[(\[{][^][(){}]*[)\]}]", "", text)
    return "," in text


def read_list():
    mutants = {}
    with open(os.path.join(HERE, "list"), encoding="utf-8") as lines:
        for line in lines:
            line = line.rstrip("\n")
            if not line or line[0] == "#":
                continue
            if line[0] in "-+=\t":
                if line[0] != "\t":
                    part = {"-": mutant.old, "+": mutant.new,
                            "=": mutant.argued}[line[0]]
                part.append(line[1:].strip())
                continue
            mutant = Mutant(line)
            if mutant.number in mutants:
                sys.exit(f"mutate.py: two mutants are {mutant.number}")
            mutants[mutant.number] = mutant
    return list(mutants.values())


def places(mutants):
    """Return the places of mutants in each file, with the last place first. Exit if
    there is an error in the list."""
    files, wrong = {}, []
    for mutant in mutants:
        with open(os.path.join(TOP, mutant.file), encoding="utf-8") as file:
            text = file.read()
        found = list(mutant.pattern().finditer(text))
        if len(found) != 1:
            wrong.append(f"mutant {mutant.number}: its text is {len(found)} "
                         f"times in {mutant.file}: {mutant.original()}")
        elif not mutant.tests:
            wrong.append(f"mutant {mutant.number} names no test")
        elif not mutant.is_statement() and (";" in mutant.original() or
                                            not mutant.changed().strip() or
                                            not balanced(mutant.original()) or
                                            is_list(mutant.original())):
            wrong.append(f"mutant {mutant.number}: neither a statement nor "
                         f"an expression: {mutant.original()}")
        else:
            for test in mutant.tests:
                source(test)
            files.setdefault(mutant.file, []).append(
                (*found[0].span(1), mutant))
    for name, spots in files.items():
        spots.sort(key=lambda spot: spot[0], reverse=True)
        for (begin, _, later), (_, end, mutant) in zip(spots, spots[1:]):
            if end > begin:
                wrong.append(f"mutants {mutant.number} and {later.number} "
                             f"change the same text of {name}")
    if wrong:
        sys.exit("\n".join(wrong))
    return files


# ---- the tree ----

# A script of the page runs in Node or in a page. In Node, $MUTANT is set. In a
# page, the script "mmapdemo", which run.sh has made, has inserted the number.
IN_PAGE = """
function MUTANT(n) {
	return (typeof process == "object" ? process.env.MUTANT : "@MUTANT@") == n;
}
"""

IN_MODULE = """
int mmapdemo_mutant;
module_param_named(mutant, mmapdemo_mutant, int, 0644);
MODULE_PARM_DESC(mutant, "which mutant it is");

/* Read the number from a file, because a test that reloads the module has none. */
static int __init mutant_init(void)
{
	struct file *file = filp_open("/tmp/mmapdemo.mutant", O_RDONLY, 0);
	char text[16] = "";
	loff_t pos = 0;

	if (!IS_ERR(file)) {
		if (kernel_read(file, text, sizeof(text) - 1, &pos) < 0 ||
		    kstrtoint(strim(text), 10, &mmapdemo_mutant))
			pr_err("mutant: %s\\n", text);
		fput(file);
	}
	return mmapdemo_init();
}

module_init(mutant_init);
"""


def edited(name, text, spots):
    for begin, end, mutant in spots:
        text = text[:begin] + mutant.chosen(text[begin:end]) + text[end:]
    if name.endswith(".js") and spots:
        text += IN_PAGE
    if name == "module/main.c":
        text = text.replace("module_init(mmapdemo_init);\n",
                            "#include <linux/file.h>\n#include <linux/fs.h>\n"
                            + IN_MODULE)
    if name == "Kbuild":
        text += "ccflags-y += -include $(src)/module/mutant.h\n"
    return text


def put(path, data, like):
    """Write a file. If it has these bytes, keep it, because make compares times."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    try:
        with open(path, "rb") as file:
            if file.read() == data:
                return
    except FileNotFoundError:
        pass
    with open(path + ".new", "wb") as file:
        file.write(data)
    os.chmod(path + ".new", os.stat(like).st_mode)
    os.replace(path + ".new", path)


def tree(mutants, to):
    files, kept = places(mutants), set()
    for folder, folders, names in os.walk(TOP):
        if folder == TOP:
            folders[:] = [f for f in folders if f not in (".git", "build")]
        for name in names:
            path = os.path.join(folder, name)
            part = os.path.relpath(path, TOP)
            if part == ".git" or not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                data = file.read()
            if part in files or part in ("Kbuild", "module/main.c"):
                data = edited(part, data.decode(), files.get(part, [])).encode()
            put(os.path.join(to, part), data, path)
            kept.add(part)
    path = os.path.join(HERE, "mutant.h")
    with open(path, "rb") as file:
        put(os.path.join(to, "module/mutant.h"), file.read(), path)
    kept.add("module/mutant.h")
    for folder, folders, names in os.walk(to):
        if folder == to:
            folders[:] = [f for f in folders if f not in ("build", "kselftest")]
        for name in names:
            path = os.path.join(folder, name)
            if os.path.relpath(path, to) not in kept:
                os.remove(path)


# ---- the results ----

def read_results(path):
    """Return the last result of each test at each place. The key is the number and the
    key of the mutant."""
    results = {}
    if os.path.exists(path):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                words = line.split()
                if len(words) > 4:
                    results.setdefault((int(words[0]), words[1]), {})[
                        words[4], words[3]] = words[2]
    return results


def verdict(mutant, results, where):
    """Return the result: caught if at least one test failed at one of the places,
    otherwise survived. A test that was skipped at one place has to run at another."""
    said = results.get((mutant.number, mutant.key()), {})
    answers = {said.get((test, place), "undecided")
               for test in mutant.tests for place in where
               if on_host(test) == (place == "host")}
    for word in ("caught", "error", "begun", "undecided"):
        if word in answers:
            return "undecided" if word == "begun" else word
    if "survived" not in answers:
        return "error" if answers else "undecided"
    return "argued" if mutant.argued else "survived"


def todo(mutants, results, place):
    for mutant in mutants:
        said = results.get((mutant.number, mutant.key()), {})
        if "caught" in said.values():
            continue
        for test in mutant.tests:
            if on_host(test) == (place == "host") and \
                    said.get((test, place), "begun") == "begun":
                print(mutant.number, mutant.key(), test)


def table(mutants, results, where):
    areas, alive, errors = {}, [], 0
    for mutant in mutants:
        found = verdict(mutant, results, where)
        counts = areas.setdefault(mutant.area, {})
        counts[found] = counts.get(found, 0) + 1
        if found in ("survived", "argued"):
            alive.append((found, mutant))
        elif found == "error":
            errors += 1
            print(f"error: {mutant.number}: {' '.join(mutant.tests)}")
    print(f"{'area':<14}{'caught':>9}{'survived':>9}{'argued':>9}"
          f"{'undecided':>10}{'score':>7}")
    total, below = {}, []
    for area, counts in areas.items():
        row(area, counts)
        if (score(counts) or 0) < GOAL:
            below.append(area)
        for found, count in counts.items():
            total[found] = total.get(found, 0) + count
    row("all", total)
    for found, mutant in alive:
        print(f"\n{found}: {mutant.number} {mutant.area} {mutant.file}, "
              f"{' '.join(mutant.tests)}")
        print(f"- {' '.join(mutant.old)}\n+ {mutant.changed()}")
        for line in mutant.argued:
            print(f"= {line}")
    if below:
        print(f"\nless than {GOAL} % caught: {' '.join(below)}")
    return 1 if below or errors else 0


def score(counts):
    decided = counts.get("caught", 0) + counts.get("survived", 0)
    return counts.get("caught", 0) * 100 // decided if decided else None


def row(area, counts):
    other = counts.get("undecided", 0) + counts.get("error", 0)
    print(f"{area:<14}{counts.get('caught', 0):>9}"
          f"{counts.get('survived', 0):>9}{counts.get('argued', 0):>9}"
          f"{other:>10}{'-' if score(counts) is None else score(counts):>5} %")


def main():
    what, rest = sys.argv[1], sys.argv[2:]
    mutants = read_list()
    options = rest[{"check": 0, "tree": 1, "todo": 2, "table": 2}[what]:]
    wanted = [m for m in mutants
              if not options or m.area in options or str(m.number) in options]
    if options and not wanted:
        sys.exit("mutate.py: no such area; there are "
                 + " ".join(dict.fromkeys(m.area for m in mutants)))
    if what == "check":
        places(mutants)
    elif what == "tree":
        tree(mutants, os.path.abspath(rest[0]))
    elif what == "todo":
        todo(wanted, read_results(rest[0]), rest[1])
    else:
        sys.exit(table(wanted, read_results(rest[0]), rest[1].split()))


main()
