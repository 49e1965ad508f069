#!/usr/bin/env bash
# diff.sh [OLD NEW [RUNS]]
#
# Compares the images OLD and NEW with virt-diff (guestfs-tools) and with 'brinell diff' in turn and prints what each took,
# then what 'brinell diff' takes of two bundles that 'brinell collect' has made. Both run with emulation where KVM does not
# work. Without OLD and NEW the recipe samples/debian-web is built twice, as on two days, the second time with two files
# changed; for that Debian's mirror has to be in reach. BRINELL=FILE takes a program that is built already.
# The exit status is 1 if brinell takes more than 0.08 of virt-diff's time, or more than a second from bundles.
#
# virt-diff looks into the files of which size or times differ, which two builds have nearly everywhere: half an hour
# without KVM. Of an image that was changed in place it looks into the changed files alone; then the two are no peers.
set -euo pipefail
if [ $# -ge 2 ]; then old=$(realpath "$1") new=$(realpath "$2"); fi
runs=${3:-1}
cd "$(dirname "$0")/.."
scripts/install-dependencies test
if [ $# -lt 2 ]; then
  pair=$PWD/.cache/diff-pair old=$PWD/.cache/diff-pair/old.qcow2 new=$PWD/.cache/diff-pair/new.qcow2
  mkdir -p "$pair"
  [ -e "$old" ] || SOURCE_DATE_EPOCH=1782900000 samples/debian-web/build bookworm "$old"
  [ -e "$new" ] || SOURCE_DATE_EPOCH=1783500000 samples/debian-web/build bookworm "$new" \
    --customize-hook='echo "PermitRootLogin yes" >> "$1/etc/ssh/sshd_config"' \
    --customize-hook='echo "net.ipv4.ip_forward = 1" > "$1/etc/sysctl.d/60-forward.conf"'
fi
if [ -n "${BRINELL-}" ]; then
  brinell=$BRINELL
else
  swift build -c release --product brinell >/dev/null
  brinell=$(swift build -c release --show-bin-path)/brinell
fi
export BRINELL_BASELINES=${BRINELL_BASELINES:-$PWD/baselines}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# virt-diff does not fall back by itself; collecting the bundles tells whether this machine's KVM works.
for side in old new; do
  "$brinell" collect "${!side}" --output "$work/$side.brinell" --verbose 2>> "$work/collect.err"
done
if grep -q 'falling back to emulation' "$work/collect.err" || ! [ -w /dev/kvm ]; then
  peer_settings=force_tcg kvm=no
else
  peer_settings='' kvm=yes
fi

now() { date +%s.%N; }
since() { echo "$(now) - $1" | bc; }
median() { sort -n | awk '{v[NR]=$1} END {print (NR % 2) ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2}'; }

# The appliance crashes about once in five starts under emulation; a crash is not a time.
timed_virt_diff() {
  local try start
  for try in 1 2 3 4 5 6; do
    start=$(now)
    if LIBGUESTFS_BACKEND_SETTINGS=$peer_settings virt-diff -a "$old" -A "$new" > "$work/virt-diff.txt" 2> "$work/virt-diff.err"; then
      since "$start"
      return
    fi
  done
  cat "$work/virt-diff.err" >&2
  exit 2
}

# Status 1 says that there are new findings, 2 that something could not be compared; both are told.
timed_brinell() {
  local start status=0
  start=$(now)
  "$brinell" diff "$1" "$2" > "$work/brinell.txt" 2> "$work/brinell.err" || status=$?
  [ "$status" -le 2 ] || { cat "$work/brinell.err" >&2; exit 2; }
  since "$start"
}

for run in $(seq "$runs"); do
  timed_brinell "$old" "$new" >> "$work/brinell.seconds"
  timed_virt_diff >> "$work/virt-diff.seconds"
  echo "run $run: virt-diff $(tail -1 "$work/virt-diff.seconds") s, brinell diff $(tail -1 "$work/brinell.seconds") s" >&2
done
tail -1 "$work/brinell.txt"
for run in 1 2 3 4 5; do
  timed_brinell "$work/old.brinell" "$work/new.brinell" >> "$work/bundles.seconds"
done

peer=$(median < "$work/virt-diff.seconds") mine=$(median < "$work/brinell.seconds") bundles=$(median < "$work/bundles.seconds")
echo "old                          $old"
echo "new                          $new"
echo "KVM works                    $kvm"
echo "virt-diff                    $peer s (median of $runs), $(wc -l < "$work/virt-diff.txt") lines"
echo "brinell diff                 $mine s (median of $runs), $(wc -l < "$work/brinell.txt") lines"
echo "brinell ÷ virt-diff          $(echo "scale=3; $mine / $peer" | bc) (at most 0.08)"
echo "brinell diff of two bundles  $bundles s (median of 5, at most 1)"
[ "$(echo "$mine <= 0.08 * $peer && $bundles <= 1" | bc)" = 1 ]
