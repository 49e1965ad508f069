#!/usr/bin/env bash
# compare.sh IMAGE [RUNS]
#
# Scans IMAGE with virt-inspector (guestfs-tools) and with brinell in turn and prints what each took. Both run with
# emulation where KVM does not work, so that the ratio means the same on either kind of machine.
set -euo pipefail
image=$1 runs=${2:-3}
cd "$(dirname "$0")/.."
scripts/install-dependencies test
swift build -c release --product brinell >/dev/null
brinell=$(swift build -c release --show-bin-path)/brinell
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# virt-inspector does not fall back by itself; ask brinell whether this machine's KVM works.
"$brinell" scan "$image" --evidence "$work/evidence.brinell" > /dev/null 2> "$work/first" || [ $? -le 1 ]
if grep -q 'falling back to emulation' "$work/first" || ! [ -w /dev/kvm ]; then
  peer_settings=force_tcg kvm=no
else
  peer_settings='' kvm=yes
fi

seconds() { local start end; start=$(date +%s.%N); "$@" || [ $? -le 1 ]; end=$(date +%s.%N); echo "$end - $start" | bc; }

# The appliance crashes about once in five starts under emulation; a crash is not a time.
timed_inspector() {
  local try start end
  for try in 1 2 3 4 5 6; do
    start=$(date +%s.%N)
    if LIBGUESTFS_BACKEND_SETTINGS=$peer_settings virt-inspector -a "$image" > "$work/inspector.xml" 2> "$work/inspector.err"; then
      end=$(date +%s.%N)
      echo "$end - $start" | bc
      return
    fi
  done
  cat "$work/inspector.err" >&2
  exit 1
}
scan() { "$brinell" scan "$image" --verbose > "$work/report.txt" 2> "$work/scan.err"; }
timed_scan() { seconds scan; }
median() { sort -n | awk '{v[NR]=$1} END {print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

for run in $(seq "$runs"); do
  timed_inspector >> "$work/inspector.seconds"
  timed_scan >> "$work/scan.seconds"
  echo "run $run: virt-inspector $(tail -1 "$work/inspector.seconds") s, brinell scan $(tail -1 "$work/scan.seconds") s" >&2
done
for run in 1 2 3 4 5; do
  seconds "$brinell" scan "$work/evidence.brinell" --output /dev/null 2>/dev/null >> "$work/bundle.seconds"
done

inspector=$(median < "$work/inspector.seconds") scan=$(median < "$work/scan.seconds")
echo "image                        $image"
echo "KVM works                    $kvm"
echo "virt-inspector               $inspector s (median of $runs)"
echo "brinell scan                 $scan s (median of $runs)"
echo "brinell ÷ virt-inspector     $(echo "scale=2; $scan / $inspector" | bc)"
echo "judging from the bundle      $(median < "$work/bundle.seconds") s (median of 5, the whole command)"
grep '^cost:' "$work/scan.err"
