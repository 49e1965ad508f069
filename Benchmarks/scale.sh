#!/usr/bin/env bash
# scale.sh [COUNT...]
#
# Makes trees of COUNT small files (10 000, 100 000 and 1 000 000 unless given) in SCALE_FOLDER (/dev/shm unless set),
# judges each by the baseline server with the release build of brinell, or with the program that BRINELL names, and
# prints seconds and peak memory. Between 10 and 11 inodes are made for every 10 files, and deleted afterwards. As root.
set -euo pipefail
counts=("$@")
[ ${#counts[@]} -gt 0 ] || counts=(10000 100000 1000000)
cd "$(dirname "$0")/.."
brinell=${BRINELL:-}
if [ -z "$brinell" ]; then
  swift build -c release --product brinell >/dev/null
  brinell=$(swift build -c release --show-bin-path)/brinell
fi
work=$(mktemp -d "${SCALE_FOLDER:-/dev/shm}/brinell-scale-XXXXXX")
trap 'rm -rf "$work"' EXIT

# A system that can be judged, and COUNT files in folders of 1000: empty ones, small ones, programs, names of all kinds.
make_tree() {
  python3 - "$1" "$2" <<'PYTHON'
import os, sys
tree, count = sys.argv[1], int(sys.argv[2])
def write(path, text):
    path = os.path.join(tree, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
write("etc/os-release", "ID=debian\nVERSION_ID=12\n")
write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1000::/home/bob:/bin/bash\n")
write("etc/group", "root:x:0:\nbob:x:1000:\n")
write("etc/shadow", "root:*:1:0:99999:7:::\nbob:!:1:0:99999:7:::\n")
write("var/lib/dpkg/status", "Package: base-files\nStatus: install ok installed\nVersion: 12\nArchitecture: amd64\n")
write("var/lib/dpkg/info/base-files.list", "/etc\n/etc/os-release\n")
roots = ["usr/share/data", "srv/www", "home/bob", "opt/app", "var/lib/app", "usr/lib/app"]
made = 0
while made < count:
    folder = os.path.join(tree, roots[made // 1000 % len(roots)], f"d{made // 1000}")
    os.makedirs(folder)
    handle = os.open(folder, os.O_RDONLY)
    for number in range(min(1000, count - made)):
        name = f"file-{number:04d}-with-a-usual-name.txt"
        mode = 0o755 if number % 50 == 0 else 0o644
        descriptor = os.open(name, os.O_CREAT | os.O_WRONLY, mode, dir_fd=handle)
        if number % 10 == 0:
            os.write(descriptor, b"some text\n")
        os.close(descriptor)
        if number % 20 == 0:
            os.symlink("file-0001-with-a-usual-name.txt", f"link-{number}", dir_fd=handle)
    os.close(handle)
    made += 1000
PYTHON
}

printf '%10s %10s %10s %10s %12s\n' files seconds index judge 'peak MB'
for count in "${counts[@]}"; do
  free=$(df --output=iavail "$work" | tail -1)
  if [ "$free" -lt $((count + count / 10)) ]; then
    echo "scale.sh: $work has inodes for $free files only" >&2
    exit 2
  fi
  make_tree "$work/tree" "$count"
  "$brinell" scan "$work/tree" --verbose --format json --output "$work/report.json" 2> "$work/scan.err" || [ $? -le 2 ]
  python3 - "$count" "$work" <<'PYTHON'
import json, re, sys
count, work = sys.argv[1:]
cost = dict(re.findall(r"(\w+)=([\d.]+)", open(f"{work}/scan.err").read()))
timings = json.load(open(f"{work}/report.json"))["targets"][0]["guests"][0]["timings"]
print(f"{count:>10} {float(cost['wall_seconds']):10.2f} {timings['index']:10.2f} {timings['judge']:10.2f} "
      f"{int(cost['peak_memory_bytes']) / 1e6:12.0f}")
PYTHON
  rm -rf "$work/tree"
done
