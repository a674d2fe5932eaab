#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""compile_commands.py BUILD HEADERS: print the compiler's commands as JSON, for clangd.

The commands for the program are the commands that make would run. The commands for
the module are the commands that kbuild ran in BUILD. kbuild ran in the directory
HEADERS, which contains the headers of the kernel. Links to our sources are resolved.
"""

import json
import pathlib
import re
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]


def program():
    folder = TOP / "userspace"
    said = subprocess.run(["make", "-nB", "V=1", "-C", folder], text=True,
                          stdout=subprocess.PIPE, check=True).stdout
    for line in said.splitlines():
        found = re.match(r"\S+ .* -c -o \S+ (\S+\.c)$", line)
        if found:
            yield folder, line, folder / found[1]


def module(build, headers):
    for path in build.glob("module/**/.*.o.cmd"):
        found = re.match(r"(?:saved)?cmd_\S+ := (.*? (\S+\.c)) *(?:;.*)?$",
                         path.read_text().splitlines()[0])
        if found:
            yield headers, found[1], pathlib.Path(build, found[2]).resolve()


def main():
    build, headers = map(pathlib.Path, sys.argv[1:])
    print(json.dumps([{"directory": str(folder), "command": command,
                       "file": str(file)}
                      for part in (program(), module(build, headers))
                      for folder, command, file in part], indent=1))


if __name__ == "__main__":
    main()
