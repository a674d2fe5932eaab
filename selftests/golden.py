# SPDX-License-Identifier: GPL-2.0-only
"""Print outputs of mmapdemo as lines that can be compared, for golden_test.sh.

golden.py json FILE: print each value in JSON on one line, after its path.
golden.py page FILE: print the data of an HTML page in the same form. The report in
the data is left out, because report --json also prints it.
golden.py perfetto FILE: print the fields of each packet of a trace for Perfetto.
golden.py damage FILE: cut a recording, and change its bytes, at many places. Print
what mmapdemo report says about each result.
golden.py code FILE: write an ELF file with two functions.
golden.py lint: print events, for recordings.c, of a program about which lint has
many findings.

Without arguments, golden.py answers requests as exports.py does.
"""

import collections
import json
import struct
import subprocess
import sys

import exports


def leaves(value, path=""):
    """Yield the lines for a JSON value. A list of plain values is one line."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and any(isinstance(v, (dict, list))
                                         for v in value):
        for i, part in enumerate(value):
            yield from leaves(part, f"{path}[{i}]")
    else:
        yield f"{path} {json.dumps(value)}"


def values(text):
    """Yield each JSON object in a text that contains one or more of them."""
    decoder, at = json.JSONDecoder(), 0
    while at < len(text.rstrip()):
        value, at = decoder.raw_decode(text, at)
        at += len(text[at:]) - len(text[at:].lstrip())
        yield value


def flat(value):
    """Return a value with a fixed word instead of the program's version."""
    if isinstance(value, dict):
        if "program" in value:
            value["program"] = "VERSION"
        return {name: flat(part) for name, part in value.items()}
    return [flat(v) for v in value] if isinstance(value, list) else value


def print_json(path):
    for value in values(open(path, encoding="utf-8").read()):
        print(*leaves(flat(value)), sep="\n")


def print_page(path):
    data = exports.load(path)
    del data["report"]
    print(*leaves(flat(data)), sep="\n")


# Paths of the fields of a TracePacket that are messages themselves.
PARTS = {(), (11,), (60,), (60, 3), (60, 4), (60, 8), (11, 4), (6,)}


def fields(data, path=()):
    """Yield the fields of a message as "PATH=VALUE"."""
    for number, found in sorted(exports.message(data).items()):
        inner = path + (number,)
        for value in found:
            if inner in PARTS:
                yield from fields(value, inner)
                continue
            if isinstance(value, bytes):
                value = value.decode("utf-8", "backslashreplace")
            yield f"{'.'.join(map(str, inner))}={value}"


def print_perfetto(path):
    for packet in exports.message(open(path, "rb").read())[1]:
        print(*fields(packet))


def tried(data):
    """Return the exit status and the error message of mmapdemo report for @data."""
    with open("damaged.dat", "wb") as file:
        file.write(data)
    found = subprocess.run(["mmapdemo", "report", "damaged.dat"], text=True,
                           capture_output=True, check=False)
    return f"{found.returncode} {found.stderr.strip()}"


def print_damage(path):
    data = open(path, "rb").read()
    size = len(data)
    for end in (0, 1, 10, 100, 4096, 8192, size - 4096, size - 9, size - 1):
        print(f"{end if end < 9000 else end - size} bytes: {tried(data[:end])}")
    print(f"and more: {tried(data + b'0')}")
    said = collections.Counter()
    for at in list(range(0, size, size // 60)) + list(range(size - 40, size)):
        changed = bytearray(data)
        changed[at] ^= 0x10
        said[tried(changed)] += 1
    for message, count in sorted(said.items()):
        print(f"{count} bytes changed, one at a time: {message}")


# ---- a file with code ----

# The functions of the file: name, offset in the file, size. Their addresses differ from
# their offsets.
FUNCTIONS = (("outer", 0x100, 0x20), ("inner", 0x120, 0x20))
ADDRESS = 0x10000


def print_code(path):
    """Write an ELF file with FUNCTIONS, and with a build ID of 20 bytes 0xab."""
    names, symbols = b"\0", bytes(24)
    for name, offset, size in FUNCTIONS:
        symbols += struct.pack("<IBBHQQ", len(names), 0x12, 0, 1, ADDRESS + offset,
                               size)
        names += name.encode() + b"\0"
    names = names.ljust(16, b"\0")
    note, code = 64 + 2 * 56, FUNCTIONS[0][1]
    parts = (struct.pack("<III4s20s", 4, 20, 3, b"GNU", b"\xab" * 20)
             .ljust(code - note, b"\0"), bytes(0x40), symbols, names)
    end = note + sum(map(len, parts))
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 3, 62, 1, 0, 64, end,
                         0, 64, 56, 2, 64, 4, 3)
    segments = (struct.pack("<IIQQQQQQ", 1, 5, 0, ADDRESS, 0, end, end, 4096),
                struct.pack("<IIQQQQQQ", 4, 4, note, ADDRESS + note, 0, 36, 36, 4))
    at = code + 0x40 + len(symbols)
    sections = (bytes(64),
                struct.pack("<IIQQQQIIQQ", 0, 1, 6, ADDRESS + code, code, 0x40, 0, 0,
                            1, 0),
                struct.pack("<IIQQQQIIQQ", 0, 2, 0, 0, code + 0x40, len(symbols), 3, 1,
                            8, 24),
                struct.pack("<IIQQQQIIQQ", 0, 3, 0, 0, at, len(names), 0, 0, 1, 0))
    with open(path, "wb") as file:
        file.write(b"".join((header, *segments, *parts, *sections)))


# ---- a program with findings of lint ----

PAGE = 4096


def touch(mm, start, pages, page, name="anon", wait=2000, **more):
    """Print the event of a fault in a VMA."""
    classes = {"anon-zero": 1, "anon": 2, "read": 3, "cow": 4, "wp-copy": 11}
    line = dict(wait=wait, mm=mm, address=start + page * PAGE, ip=0x400123,
                access=int(name != "anon-zero" and name != "read"),
                before=0x1f, after=0x1f, after_seen=1, duration=1000,
                vma_start=start, vma_end=start + pages * PAGE, vm_flags=0x73,
                pgoff=start // PAGE, trigger=5, nr=-1, entry_after=0x11b,
                filled=1)
    line["class"] = classes[name]
    line.update(more)
    print("pte_fault", *(f"{k}={v}" for k, v in line.items()))


def mmap(start, pages, count):
    print(f"vma_link mm=7 start={start} end={start + pages * PAGE} vm_flags=0x73 "
          f"pgoff={start // PAGE} map_count={count} nr=9")
    print(f"do_mmap mm=7 len={pages * PAGE} prot=3 flags=0x22 ret={start} "
          "duration=1500 nr=9")


def storm(at):
    """Touch one page of anonymous memory after the other."""
    mmap(at, 600, 2)
    for page in range(600):
        touch(7, at, 600, page)


def again(at):
    """Touch the same pages and free them, again and again."""
    mmap(at, 64, 3)
    for _ in range(10):
        for page in range(64):
            touch(7, at, 64, page)
        print(f"sys_enter_madvise start={at} len_in={64 * PAGE} behavior=4")
        print("sys_exit_madvise ret=0")


def zero(at):
    """Load from each page, and then store to this page."""
    mmap(at, 600, 4)
    for page in range(600):
        touch(7, at, 600, page, "anon-zero", entry_after=0xc9)
        touch(7, at, 600, page, "wp-copy", entry_before=0xc9)


def copied(at):
    """Load from each page of a private file mapping, and then store to this
    page."""
    for page in range(600):
        touch(7, at, 600, page, "read", ino=21, dev=8388609, pgoff=page,
              entry_after=0x9, ret=4 * (page % 6 == 0),
              duration=300000 - page, wait=301000)
        touch(7, at, 600, page, "wp-copy", ino=21, dev=8388609, pgoff=page,
              entry_before=0x9)


def pingpong(at):
    """Change the protection of a page back and forth."""
    mmap(at, 16, 5)
    for i in range(40):
        print(f"sys_enter_mprotect start={at + PAGE} len={PAGE} prot={1 + i % 2 * 2}")
        if not i:
            for cut in (1, 2):
                print(f"vma_split mm=7 start={at + (cut - 1) * PAGE} "
                      f"end={at + 16 * PAGE} cut={at + cut * PAGE} "
                      f"map_count={5 + cut} nr=10")
        print("tlb_flush reason=3 pages=1")
        print("sys_exit_mprotect ret=0")


def forks():
    """Fork children. Each child then calls exec."""
    for child in range(2000, 2020):
        mm = child - 1900
        print(f"dup_mm wait=153000 tid=1000 mm=7 child_mm={mm} child_pid={child} map_count=9 "
              "pgtables=81920 duration=152000 nr=56")
        print(f"task_newtask pid={child} clone_flags=0x1200011")
        print(f"exit_mmap wait=10000 tid={child} mm={mm} map_count=9 pgtables=81920 "
              "duration=9000 trigger=2 nr=59")
        print(f"vma_link mm={mm + 100} cause=4 start=0x7ffffffde000 "
              "end=0x7ffffffff000 vm_flags=0x173 map_count=1 trigger=2 nr=59")
        print(f"sched_process_exec old_pid={child} filename=/bin/true")


def print_lint():
    print('.about "thp":"madvise","memory_bytes":8589934592,"kernel":"6.1.0"')
    print("brk tid=1000 mm=7 brk=0x800000 old=0x800000 ret=0x800000")
    base = 0x10000000
    for step in (storm, again, zero, copied, pingpong):
        step(base)
        base += 0x10000000
    forks()


# ---- requests ----


def run(what, *arguments):
    globals()["print_" + what](*arguments)


if sys.argv[1:]:
    run(*sys.argv[1:])
else:
    exports.serve(run)
