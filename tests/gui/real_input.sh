#!/usr/bin/env bash
# Drives the window with a real pointer and keyboard: real_input.sh PROGRAM FOLDER, under Xvfb. What happened is left in FOLDER:
# record.txt (what the window understood), stats.json, run/, and what was exported. Waits for effects, never for a time.
set -eu
program=$1
cd "$2"
"$program" --data strokes --set count=1000 --set hidden=64 --set epochs=100000 --out run --record record.txt --stats stats.json &
pid=$!
trap 'kill $pid 2>/dev/null || true' EXIT

# until COMMAND...: tries for two minutes, while the window lives.
until_true() {
  for _ in $(seq 600); do
    if "$@"; then return 0; fi
    kill -0 $pid 2>/dev/null || { echo "the window is gone"; exit 3; }
    sleep 0.2
  done
  echo "never: $*"
  exit 4
}
recorded() { grep -q "$1" record.txt 2>/dev/null; }
checkpoints() { [ "$(ls run/checkpoints 2>/dev/null | wc -l)" -ge 1 ]; }

window=$(xdotool search --sync --onlyvisible --name Latentscape | head -n 1)
until_true checkpoints                       # an epoch is done: the map is there
xdotool mousemove --window "$window" 700 420 mousedown 1
for x in 720 740 760 780 800 820; do xdotool mousemove --window "$window" $x 440; sleep 0.1; done
xdotool mouseup 1
xdotool mousemove --window "$window" 720 460 click 1
xdotool key t
until_true recorded "key T"
xdotool mousemove --window "$window" 720 460 click 5 click 4
xdotool key r
until_true recorded "key R"
xdotool windowsize "$window" 1200 760
xdotool key ctrl+e
sleep 1
xdotool key Return
until_true eval 'ls *.png run/figures/*.png 2>/dev/null | grep -q png'
xdotool key p
xdotool key ctrl+q
wait $pid
trap - EXIT
