#!/usr/bin/env bash
# Data of one's own named on the command line, with a real keyboard: real_form.sh PROGRAM FOLDER, under Xvfb. The form comes first; Return
# trains what it shows into FOLDER/run, and nothing is trained before.
set -eu
program=$1
cd "$2"
"$program" table.csv --out run &
pid=$!
trap 'kill $pid 2>/dev/null || true' EXIT
window=$(xdotool search --sync --onlyvisible --name Latentscape | head -n 1)
xdotool mousemove --window "$window" 60 60
sleep 2
[ ! -e run ] || { echo "trained before it was asked for"; exit 5; }
for _ in $(seq 600); do
  if [ -e run/run.json ]; then break; fi
  kill -0 $pid 2>/dev/null || { echo "the window is gone"; exit 3; }
  xdotool key Return
  sleep 0.2
done
[ -e run/run.json ] || { echo "never trained"; exit 4; }
xdotool key ctrl+q
wait $pid
trap - EXIT
