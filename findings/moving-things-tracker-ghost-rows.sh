#!/usr/bin/env bash
# Package: node-moving-things-tracker 0.9.1 (boxes of frames joined to tracks).
# Behaviour: its MOT rows hold boxes for frames in which nothing was detected.
# One would guess: a row of a frame is a detection of that frame, or at least says otherwise.
# Seen: an actor seen in frames 0 to 5 gets rows for 6 to 10 as well, with the confidence of its last detection and
# nothing that marks them (the JSON form has isZombie; the MOT form has not). The guess of its speed is low too: a box
# that moved by exactly 10 pixels a frame goes on by 8.33, as five steps are divided by six positions.
# Matters for: every track ends 5 frames late, false boxes count against precision, action tubes are too long.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts node-moving-things-tracker@0.9.1

cat >show.cjs <<'JS'
const { Tracker } = require('node-moving-things-tracker');

for (let frame = 0; frame <= 11; frame++) {
  const seen =
    frame <= 5 ? [{ x: 100 + 10 * frame, y: 50, w: 80, h: 40, confidence: 90, name: 'actor' }] : [];
  Tracker.updateTrackedItemsWithNewFrame(seen, frame);
  const rows = Tracker.getTrackedItemsInMOTFormat(frame).map((row) => {
    const [, , left, , , , confidence] = row.split(',');
    return `left ${Number(left).toFixed(2)} confidence ${confidence}`;
  });
  if (frame >= 4) console.log(`frame ${frame}: ${seen.length} detected, rows:`, rows.join() || 'none');
}
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
frame 4: 1 detected, rows: left 100.00 confidence 0.9
frame 5: 1 detected, rows: left 110.00 confidence 0.9
frame 6: 0 detected, rows: left 118.33 confidence 0.9
frame 7: 0 detected, rows: left 126.67 confidence 0.9
frame 8: 0 detected, rows: left 135.00 confidence 0.9
frame 9: 0 detected, rows: left 143.33 confidence 0.9
frame 10: 0 detected, rows: left 151.67 confidence 0.9
frame 11: 0 detected, rows: none
SEEN
