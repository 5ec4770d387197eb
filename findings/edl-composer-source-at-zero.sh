#!/usr/bin/env bash
# Packages: edl_composer 1.0.3 (actions of a film as an edit decision list), which takes node-timecodes 2.5.0.
# Behaviour: with a start timecode (`offset`), each event's source in and out are 00:00:00:00.
# One would guess: they are the action's times plus the start timecode; `00:00:00:00` changes nothing.
# Seen: zero to zero for every event and rate, also for the offset 00:00:00:00, while the record side is right and its
# lengths add up. Of node-timecodes' two functions one takes `{ frameRate }` and the other a bare number; handed the
# object it gives NaN, and NaN is written as a timecode of zeros, all without an error. The package's own example shows
# the zeros.
# Matters for: highlights handed to an editor; opened there, each cut is an empty piece of the film's first frame.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts edl_composer@1.0.3 node-timecodes@2.5.0

cat >show.cjs <<'JS'
const Edl = require('edl_composer');
const timecodes = require('node-timecodes');

const run = { id: 1, startTime: 600, endTime: 612, reelName: 'CAM1', clipName: 'match.mov' };
for (const fps of [25, 50])
  for (const offset of [undefined, '00:00:00:00', '01:00:00:00']) {
    const text = new Edl({ title: 'runs', events: [{ ...run, fps, offset }] }).compose();
    const [sourceIn, sourceOut, recordIn, recordOut] = text.match(/\d\d(:\d\d){3}/g);
    console.log(
      `${fps} a second, offset ${offset}: source ${sourceIn} ${sourceOut}, record ${recordIn} ${recordOut}`,
    );
  }
console.log('01:00:00:00 in seconds, 25:               ', timecodes.toSeconds('01:00:00:00', 25));
console.log(
  '01:00:00:00 in seconds, { frameRate: 25 }:',
  timecodes.toSeconds('01:00:00:00', { frameRate: 25 }),
);
console.log('NaN as a timecode:', timecodes.fromSeconds(NaN, { frameRate: 25 }));
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
25 a second, offset undefined: source 00:10:00:00 00:10:12:00, record 00:00:00:00 00:00:12:00
25 a second, offset 00:00:00:00: source 00:00:00:00 00:00:00:00, record 00:00:00:00 00:00:12:00
25 a second, offset 01:00:00:00: source 00:00:00:00 00:00:00:00, record 00:00:00:00 00:00:12:00
50 a second, offset undefined: source 00:10:00:00 00:10:12:00, record 00:00:00:00 00:00:12:00
50 a second, offset 00:00:00:00: source 00:00:00:00 00:00:00:00, record 00:00:00:00 00:00:12:00
50 a second, offset 01:00:00:00: source 00:00:00:00 00:00:00:00, record 00:00:00:00 00:00:12:00
01:00:00:00 in seconds, 25:                3600
01:00:00:00 in seconds, { frameRate: 25 }: NaN
NaN as a timecode: 00:00:00:00
SEEN
