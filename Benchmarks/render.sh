#!/usr/bin/env bash
# render.sh [REPORT.json [COUNT]]
#
# Renders a report with COUNT findings (5 000) in every format by 'brinell report', reading it included, and prints seconds
# (median of 3), bytes, and the ratio to what Python's json module takes to read and write the same report. The report is
# the given one, or that of a scan of $BRINELL_TREE, with its findings repeated. BRINELL=FILE takes a program that is built
# already. The exit status is 1 if a format takes more than half a second or the page is larger than 5 MB.
set -euo pipefail
report=${1:+$(realpath "$1")} count=${2:-5000}
cd "$(dirname "$0")/.."
brinell=${BRINELL:-}
if [ -z "$brinell" ]; then
  swift build -c release --product brinell >/dev/null
  brinell=$(swift build -c release --show-bin-path)/brinell
fi
export BRINELL_BASELINES=${BRINELL_BASELINES:-$PWD/baselines}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [ -z "$report" ]; then
  report=$work/scan.json
  "$brinell" scan "${BRINELL_TREE:-/var/cache/brinell/trees/bookworm}" --baseline strict --format json --quiet \
    --output "$report" || [ $? -le 2 ]
fi
scripts/repeat-findings "$count" < "$report" > "$work/many.json"

seconds() { # seconds COMMAND...: the median of three runs
  for _ in 1 2 3; do
    local start
    start=$(date +%s.%N)
    "$@"
    echo "$(date +%s.%N) - $start" | bc
  done | sort -n | sed -n 2p
}
python_rewrites() { python3 -c 'import json, sys; json.dump(json.load(open(sys.argv[1])), open(sys.argv[2], "w"))' "$@"; }

peer=$(seconds python_rewrites "$work/many.json" "$work/rewritten.json")
printf '%s findings, %s bytes of JSON; Python reads and writes them in %.2f s\n' "$count" "$(stat -c %s "$work/many.json")" "$peer"
formats=$("$brinell" report --help | tr -s ' \n' ' ' | sed 's/.*--format <format> The form: \([^(]*\)[.] (default.*/\1/; s/,//g')
status=0
for format in $formats; do
  taken=$(seconds "$brinell" report "$work/many.json" --format "$format" --output "$work/out")
  bytes=$(stat -c %s "$work/out")
  printf '%-16s %6.2f s  %9d bytes  %5.2f × Python\n' "$format" "$taken" "$bytes" "$(echo "scale=3; $taken / $peer" | bc)"
  if [ "$(echo "$taken > 0.5" | bc)" = 1 ]; then status=1; fi
  if [ "$format" = html ] && [ "$bytes" -gt 5000000 ]; then status=1; fi
done
exit $status
