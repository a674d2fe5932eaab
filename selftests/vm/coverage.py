#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""coverage.py [FILE]

Sum what gcov counted in build/coverage, and print for each directory of the program and
of the module how many lines of C files were executed. With FILE, for example
userspace/base/line.c, print its lines that were not executed.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

TOP = pathlib.Path(__file__).resolve().parents[2]
WORK = TOP / "build/coverage"
PROJECT = WORK / "project"


def counts():
    """Yield each file of counts, and the notes of its object file."""
    for path in WORK.rglob("*.gcda"):
        name = str(path.with_suffix(".gcno"))
        if str(PROJECT) + "/" in name:
            name = str(PROJECT) + name.rsplit(str(PROJECT), 1)[1]
        if os.path.exists(name):
            yield path, pathlib.Path(name)


def gcov(path, notes):
    """Return the output of gcov for a file of counts."""
    with tempfile.TemporaryDirectory() as folder:
        for suffix, file in ((".gcda", path), (".gcno", notes)):
            os.symlink(file, os.path.join(folder, "it" + suffix))
        found = subprocess.run(["gcov", "--json-format", "--stdout", "it.gcda"],
                               cwd=folder, capture_output=True, text=True,
                               check=False)
    return json.loads(found.stdout) if found.stdout.strip() else {"files": []}


def source(name, where):
    """Return the path of a source file in the project, or None if the file is not in the project."""
    path = pathlib.Path(where, name).resolve()
    for folder in (PROJECT, TOP):
        if path.is_relative_to(folder):
            found = str(path.relative_to(folder))
            if found.startswith(("userspace/", "module/")) and \
                    found.endswith(".c"):
                return found
    return None


def lines():
    """Return how often each line of each source file was executed."""
    executed = collections.defaultdict(collections.Counter)
    for path, notes in counts():
        report = gcov(path, notes)
        where = report.get("current_working_directory", PROJECT)
        for file in report["files"]:
            name = source(file["file"], where)
            if name:
                for line in file["lines"]:
                    executed[name][line["line_number"]] += line["count"]
    return executed


def table(executed):
    folders = collections.defaultdict(lambda: [0, 0])
    for name, counted in executed.items():
        for folder in (os.path.dirname(name), name.split("/")[0] + " in all"):
            folders[folder][0] += sum(1 for count in counted.values() if count)
            folders[folder][1] += len(counted)
    for folder, (some, every) in sorted(folders.items()):
        print(f"{some:6} of {every:6} lines, {100 * some / every:5.1f} %  {folder}")


def main():
    executed = lines()
    if not executed:
        sys.exit("coverage.py: nothing was counted, run make coverage first")
    if len(sys.argv) == 1:
        table(executed)
        return
    text = (TOP / sys.argv[1]).read_text().splitlines()
    for number, count in sorted(executed[sys.argv[1]].items()):
        if not count:
            print(f"{number:5}  {text[number - 1]}")


main()
