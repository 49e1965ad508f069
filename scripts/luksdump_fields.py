#!/usr/bin/env python3
"""luksdump_fields.py FILE

Prints what cryptsetup says of a LUKS header, one `key=value` a line, in the words of Brinell's facts. All of it is taken
from `cryptsetup luksDump`, but for settings of tokens, which come from its --dump-json-metadata.
"""
import base64
import hashlib
import json
import re
import subprocess
import sys


def dump(file, *options):
    return subprocess.run(
        ["cryptsetup", "luksDump", *options, file], check=True, capture_output=True, text=True,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"}).stdout


def luks1(text):
    top = dict(re.findall(r"^([A-Z][A-Za-z ]+):[ \t]+(\S.*?)\s*$", text, re.M))
    hexes = dict(re.findall(r"^(MK (?:digest|salt)):((?:[ \t\n]+(?:[0-9a-f]{2} ?)+)+)", text, re.M))
    encryption = f"{top['Cipher name']}-{top['Cipher mode']}"
    bits = int(top["MK bits"])
    yield "scheme", "luks1"
    yield "uuid", top["UUID"]
    yield "segment.0.offset", int(top["Payload offset"]) * 512
    yield "segment.0.encryption", encryption
    yield "segment.0.keyBits", bits
    for slot, body in re.findall(r"^Key Slot (\d): ENABLED\n((?:\t.*\n)+)", text, re.M):
        fields = dict(re.findall(r"^\t([A-Z][A-Za-z ]+):[ \t]+(\S.*?)\s*$", body, re.M))
        name = f"slot.{slot}"
        yield f"{name}.type", "luks1"
        yield f"{name}.keyBits", bits
        yield f"{name}.kdf.type", "pbkdf2"
        yield f"{name}.kdf.hash", top["Hash spec"]
        yield f"{name}.kdf.iterations", fields["Iterations"]
        yield f"{name}.areaOffset", int(fields["Key material offset"]) * 512
        yield f"{name}.stripes", fields["AF stripes"]
    raw = bytes.fromhex("".join(hexes["MK digest"].split()) + "".join(hexes["MK salt"].split()))
    yield "digest.0.hash", top["Hash spec"]
    yield "digest.0.iterations", top["MK iterations"]
    yield "digest.0.fingerprint", hashlib.sha256(raw).hexdigest()


def sections(text):
    """Section name to {number: (type, {field: value})}."""
    found, section, item, field = {}, None, None, None
    for line in text.split("\n"):
        if match := re.match(r"^(Data segments|Keyslots|Tokens|Digests):", line):
            section, item = found.setdefault(match[1], {}), None
        elif section is not None and (match := re.match(r"^  (\d+): (\S+)", line)):
            item = section.setdefault(match[1], (match[2], {}))[1]
        elif item is not None and (match := re.match(r"^\t([A-Za-z][^:]*):\s*(.*?)\s*$", line)):
            field = match[1]
            item[field] = match[2]
        elif item is not None and (match := re.match(r"^\t\s+((?:[0-9a-f]{2} ?)+)$", line)):
            item[field] += " " + match[1]
    return found


def bits(text):
    return text.split()[0]


def b64(hexes):
    return base64.b64encode(bytes.fromhex("".join(hexes.split()))).decode()


def luks2(text, metadata):
    top = dict(re.findall(r"^([A-Z][A-Za-z ]+):[ \t]+(\S.*?)\s*$", text, re.M))
    found = sections(text)
    yield "scheme", "luks2"
    yield "uuid", top["UUID"]
    yield "sequence", top["Epoch"]
    yield "headerSize", bits(top["Metadata area"])
    for key in ("Label", "Subsystem"):
        if not top[key].startswith("(no "):
            yield key.lower(), top[key]
    for key in ("Flags", "Requirements"):
        if not top.get(key, "(no ").startswith("(no "):
            yield key.lower(), ",".join(top[key].split())
    slots = found.get("Keyslots", {})
    for number, (kind, fields) in found.get("Data segments", {}).items():
        name = f"segment.{number}"
        yield f"{name}.type", kind
        yield f"{name}.offset", bits(fields["offset"])
        if "whole" not in fields["length"]:
            yield f"{name}.size", bits(fields["length"])
        if "cipher" in fields:
            yield f"{name}.encryption", fields["cipher"]
            yield f"{name}.sectorSize", bits(fields["sector"])
        if "integrity" in fields:
            yield f"{name}.integrity", fields["integrity"]
    priorities = {"ignored": 0, "normal": 1, "preferred": 2, "prefer": 2}
    for number, (kind, fields) in slots.items():
        name = f"slot.{number}"
        yield f"{name}.type", kind
        yield f"{name}.keyBits", bits(fields["Key"])
        yield f"{name}.priority", priorities[fields["Priority"]]
        # While a re-encryption is under way one slot holds its progress.
        if "PBKDF" not in fields:
            fields.pop("Hash", None)
        if "Cipher" in fields:
            yield f"{name}.areaEncryption", fields["Cipher"]
            yield f"{name}.areaKeyBits", bits(fields["Cipher key"])
        for key, field in (
            ("kdf.type", "PBKDF"), ("kdf.time", "Time cost"), ("kdf.memory", "Memory"), ("kdf.cpus", "Threads"),
            ("kdf.hash", "Hash"), ("kdf.iterations", "Iterations"), ("stripes", "AF stripes"),
            ("stripesHash", "AF hash"),
        ):
            if field in fields:
                yield f"{name}.{key}", fields[field]
        yield f"{name}.areaOffset", bits(fields["Area offset"])
        yield f"{name}.areaSize", bits(fields["Area length"])
    for number, (kind, fields) in found.get("Tokens", {}).items():
        token = metadata["tokens"][number]
        yield f"token.{number}.type", kind
        yield f"token.{number}.keySlots", ",".join(token["keyslots"])
        if kind == "systemd-tpm2":
            yield f"token.{number}.pcrs", "+".join(str(pcr) for pcr in token["tpm2-pcrs"])
            yield f"token.{number}.bank", token["tpm2-pcr-bank"]
            yield f"token.{number}.pin", str(token.get("tpm2-pin", False)).lower()
    for number, (kind, fields) in found.get("Digests", {}).items():
        name = f"digest.{number}"
        yield f"{name}.type", kind
        yield f"{name}.hash", fields["Hash"]
        yield f"{name}.iterations", fields["Iterations"]
        proof = f"{b64(fields['Salt'])}:{b64(fields['Digest'])}"
        yield f"{name}.fingerprint", hashlib.sha256(proof.encode()).hexdigest()


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    text = dump(sys.argv[1])
    if re.search(r"^Version:\s+1$", text, re.M):
        fields = luks1(text)
    else:
        fields = luks2(text, json.loads(dump(sys.argv[1], "--dump-json-metadata")))
    for line in sorted(f"{key}={value}" for key, value in fields):
        print(line)


main()
