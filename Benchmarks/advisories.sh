#!/usr/bin/env bash
# advisories.sh [RECORDS [PACKAGES]]
#
# Makes RECORDS (200 000) OSV records in the shape of those of Debian, Ubuntu, npm and PyPI, imports them, judges a guest
# of PACKAGES (2 000) packages by them, and prints time and memory. Fails if the import takes more than 60 s or 500 MB,
# or judging more than 1 s. BRINELL names another binary than that of a release build.
set -euo pipefail
records=${1:-200000} packages=${2:-2000}
cd "$(dirname "$0")/.."
if [ -z "${BRINELL:-}" ]; then
  swift build -c release --product brinell >/dev/null
  BRINELL=$(swift build -c release --show-bin-path)/brinell
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$work" "$records" "$packages" <<'PYTHON'
import json, os, random, sys, zipfile
work, records, packages = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(1)
names = [f"package-{i}" for i in range(max(packages, 6000))]
text = "A flaw was found in the way the library handles crafted input, which may lead to memory corruption. " * 8
vector = "CVSS:3.1/AV:N/AC:L/PR:{}/UI:N/S:U/C:{}/I:{}/A:H"

def version(): return f"{random.randrange(1, 6)}.{random.randrange(0, 30)}.{random.randrange(0, 20)}"

def ranges(kind, fixed):
    events = [{"introduced": "0"}] + ([{"fixed": fixed}] if fixed else [])
    return [{"type": kind, "events": events}]

def record(i):
    cve = f"CVE-{random.randrange(2012, 2027)}-{10000 + i}"
    base = {
        "schema_version": "1.7.0", "modified": "2026-11-23T05:14:37Z", "details": text,
        "published": f"{random.randrange(2015, 2027)}-0{random.randrange(1, 10)}-11T14:15:00Z",
        "severity": [{"type": "CVSS_V3", "score": vector.format(*(random.choice(s) for s in ("NLH", "NLH", "NLH")))}],
        "references": [{"type": "ADVISORY", "url": f"https://security-tracker.debian.org/tracker/{cve}"},
                       {"type": "WEB", "url": f"https://example.org/{cve}"}]}
    name, shape = random.choice(names), i % 10
    if shape < 5:
        fixed = version() + "-1" if random.random() < 0.7 else None
        base |= {"id": f"DEBIAN-{cve}", "upstream": [cve], "affected": [
            {"package": {"ecosystem": f"Debian:{release}", "name": name, "purl": f"pkg:deb/debian/{name}?arch=source"},
             "ranges": ranges("ECOSYSTEM", fixed), "versions": [version() + "-1" for _ in range(25)],
             "ecosystem_specific": {"urgency": random.choice(["not yet assigned", "low", "unimportant"])}}
            for release in (11, 12, 13, 14)]}
    elif shape < 8:
        base |= {"id": f"UBUNTU-{cve}", "upstream": [cve], "affected": [
            {"package": {"ecosystem": f"Ubuntu:{release}:LTS", "name": name, "purl": f"pkg:deb/ubuntu/{name}?arch=source"},
             "ranges": ranges("ECOSYSTEM", version() + "ubuntu1"), "versions": [version() for _ in range(20)],
             "ecosystem_specific": {"binaries": [{"binary_name": name, "binary_version": version()} for _ in range(4)]}}
            for release in ("16.04", "18.04", "20.04", "22.04", "24.04")]}
    else:
        ecosystem = "npm" if shape == 8 else "PyPI"
        base |= {"id": f"GHSA-{i:04x}-{i % 9973:04x}-xxxx", "aliases": [cve], "summary": "Prototype pollution",
                 "affected": [{"package": {"ecosystem": ecosystem, "name": name},
                               "ranges": ranges("SEMVER" if shape == 8 else "ECOSYSTEM", version()),
                               "versions": [version() for _ in range(40)] if shape == 9 else []}],
                 "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-1321"]}}
    return base

with zipfile.ZipFile(f"{work}/all.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    size = 0
    for i in range(records):
        data = json.dumps(record(i))
        size += len(data)
        archive.writestr(f"{i}.json", data)
print(f"records                      {records}, {size >> 20} MiB")

root = f"{work}/guest"
os.makedirs(f"{root}/etc"); os.makedirs(f"{root}/var/lib/dpkg/info")
open(f"{root}/etc/os-release", "w").write('ID=debian\nVERSION_ID="12"\nNAME="Debian GNU/Linux"\n')
with open(f"{root}/var/lib/dpkg/status", "w") as status:
    for name in names[:packages]:
        status.write(f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version()}-1\n\n")
os.makedirs(f"{work}/baselines")
open(f"{work}/baselines/bench.yaml", "w").write("""id: bench
version: 1.0.0
title: Advisories alone
checks:
  - id: pkg.advisories
    title: None
    severity: high
    advisory: {minimum_severity: low}
""")
PYTHON

measure() { /usr/bin/env python3 - "$@" <<'PYTHON'
import os, resource, subprocess, sys, time
log, command = sys.argv[1], sys.argv[2:]
start = time.monotonic()
with open(log, "w") as out:
    status = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{time.monotonic() - start:.1f} {usage.ru_utime + usage.ru_stime:.1f} {usage.ru_maxrss // 1024}")
sys.exit(0 if status in (0, 1, 2) else status)
PYTHON
}

read -r seconds cpu memory < <(measure "$work/import.log" "$BRINELL" advisories import "$work/all.zip" --database "$work/a.sqlite")
grep -q "^written to" "$work/import.log" || { cat "$work/import.log" >&2; exit 1; }
echo "import                       $seconds s, $cpu s of processor, $memory MiB at most"
echo "database                     $(($(stat -c %s "$work/a.sqlite") >> 20)) MiB"
read -r again _ _ < <(measure "$work/again.log" "$BRINELL" advisories import "$work/all.zip" --database "$work/a.sqlite")
echo "import in place of itself    $again s"
export BRINELL_BASELINES=$work/baselines
read -r _ judging_cpu judging_memory < <(measure "$work/scan.log" "$BRINELL" scan "$work/guest" --baseline bench \
  --advisories "$work/a.sqlite" --as-of 2026-11-24 --report "json=$work/report.json")
judged=$(python3 -c 'import json, sys
guest = json.load(open(sys.argv[1]))["targets"][0]["guests"][0]
print(guest["timings"]["judge"], len(guest["findings"]), len(guest["packages"]))' "$work/report.json")
read -r judge findings count <<< "$judged"
echo "judging $count packages        $judge s, $findings packages with vulnerabilities"
echo "the whole scan               $judging_cpu s of processor, $judging_memory MiB at most"
[ "$(echo "$seconds <= 60 && $memory <= 500 && $judge <= 1" | bc)" = 1 ] || { echo "slower or larger than promised" >&2; exit 1; }
