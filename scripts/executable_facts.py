"""What Brinell says of the programs and libraries of a tree, for compare-checksec and compare-readelf.

Python 3 and its standard library; zstd(1) unpacks the evidence bundle.
"""

import io
import json
import os
import re
import subprocess
import tarfile
import tempfile

BASELINE = """id: every-program
version: 1.0.0
title: Asks for the properties of every program
checks:
  - id: exe.nx
    title: No stack is executable
    severity: info
    executable: {require: [nx]}
    rationale: A comparison with another tool.
    remediation: None.
"""


def original(name):
    """A name as stored, out of the escapes of an evidence bundle."""
    raw = re.sub(rb"\\x([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), name)
    return raw.replace(b"\\n", b"\n").replace(b"\\t", b"\t").replace(b"\\\\", b"\\")


def paths(index):
    """Paths by the number of the inode."""
    found = [b""]
    for number, line in enumerate(index.split(b"\n")):
        fields = line.split(b"\t")
        if number == 0 or len(fields) < 14 or fields[0] == b"!":
            continue
        found.append(found[int(fields[0])] + b"/" + original(fields[12]))
    return [os.fsdecode(path) for path in found]


def executables(tree, brinell):
    """Records and unread files by path."""
    with tempfile.TemporaryDirectory() as folder:
        baseline, bundle = f"{folder}/every-program.yaml", f"{folder}/tree.brinell"
        with open(baseline, "w", encoding="utf-8") as file:
            file.write(BASELINE)
        subprocess.run(
            [brinell, "collect", "--quiet", "--baseline", baseline, "--output", bundle, tree], check=True)
        tar = subprocess.run(["zstd", "-dcq", bundle], stdout=subprocess.PIPE, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(tar)) as archive:
        index = archive.extractfile("guests/0/index.tsv").read()
        answer = json.load(archive.extractfile("guests/0/answers/executables"))
    names = paths(index)
    records, unread = {}, {}
    for item in answer["files"]:
        path = names[item["file"]]
        if "record" in item:
            (form, value), = item["record"].items()
            records[path] = (form, value["_0"])
        else:
            unread[path] = item["unread"]
    return records, unread


def is_elf(path):
    """Whether the file is a program or a library in ELF: neither an object file nor a core dump."""
    try:
        with open(path, "rb") as file:
            head = file.read(20)
    except OSError:
        return False
    if head[:4] != b"\x7fELF" or len(head) < 20:
        return False
    return int.from_bytes(head[16:18], "little" if head[5] == 1 else "big") in (2, 3)


def elf_files(tree):
    """Every ELF program and library of a tree that Brinell looks at: executable, or named as a library."""
    seen, found = set(), []
    for folder, folders, files in os.walk(tree):
        inside = folder[len(tree.rstrip("/")):] or "/"
        if inside in ("/lib", "/usr/lib"):
            folders[:] = [name for name in folders if name not in ("modules", "debug")]
        for name in files:
            path = os.path.join(folder, name)
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            status = os.stat(path)
            if not status.st_mode & 0o111 and not re.search(r"\.so(\.[0-9].*)?$", name):
                continue
            if status.st_nlink > 1:
                if (status.st_dev, status.st_ino) in seen:
                    continue
                seen.add((status.st_dev, status.st_ino))
            if is_elf(path):
                found.append(path)
    return found
