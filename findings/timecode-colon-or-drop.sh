#!/usr/bin/env bash
# Packages: smpte-timecode 1.3.6 and timecode-boss 6.2.0 (start and end of actions as hh:mm:ss:ff).
# Behaviour: they read the same text at 29.97 as different frames, and the first does not give back what it read.
# One would guess: a colon before the frames means that no numbers are dropped, a semicolon that they are, in both
# packages; and that a timecode made of another one's frame count is the same timecode.
# Seen: smpte-timecode heeds the colon, timecode-boss always drops at 29.97 (and says so only by printing `;`): 18
# frames, 0.6 seconds, apart after ten minutes. smpte-timecode, given the frame count that it said itself, drops.
# Matters for: action borders written by a tool on the one and read by a tool on the other move by 3.6 s an hour.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts smpte-timecode@1.3.6 timecode-boss@6.2.0

cat >show.cjs <<'JS'
const Smpte = require('smpte-timecode');
const boss = require('timecode-boss');
const Boss = boss.Timecode ?? boss.default ?? boss;

for (const text of ['00:10:00:00', '00:10:00;00']) {
  const [a, b] = [new Smpte(text, 29.97), new Boss(text, 29.97)];
  console.log(text, 'smpte-timecode', a.frameCount, 'timecode-boss', b.frameCount());
}
const first = new Smpte('00:10:00:00', 29.97);
console.log(
  'smpte-timecode',
  first.toString(),
  'again from its frame count',
  new Smpte(first.frameCount, 29.97).toString(),
);
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
00:10:00:00 smpte-timecode 18000 timecode-boss 17982
00:10:00;00 smpte-timecode 17982 timecode-boss 17982
smpte-timecode 00:10:00:00 again from its frame count 00:10:00;18
SEEN
