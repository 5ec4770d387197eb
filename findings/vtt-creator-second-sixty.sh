#!/usr/bin/env bash
# Packages: vtt-creator 1.1.1 writes, webvtt-parser 2.2.0 and node-webvtt 1.9.4 read.
# Behaviour: a time just below a full minute is written as second 60.
# One would guess: 59.9999999999989 s (1500 frames of 0.04 s, added up) is written as 00:01:00.000.
# Seen: seconds are rounded after the minutes were split off, which gives 00:00:60.000, where the format ends at 59. A
# strict reader drops both actions that meet at the minute and says so only in a list of errors; a lax one takes them.
# Matters for: times that are sums of frame lengths; most never come near, which is why no test meets it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts vtt-creator@1.1.1 webvtt-parser@2.2.0 node-webvtt@1.9.4

cat >show.cjs <<'JS'
const Vtt = require('vtt-creator');
const { WebVTTParser } = require('webvtt-parser');
const nodeWebvtt = require('node-webvtt');

function show(title, minute) {
  const file = new Vtt();
  file.add(58, minute, 'run');
  file.add(minute, 61, 'jump');
  file.add(62, 63, 'throw');
  const text = file.toString();
  console.log(title, `${minute} s is written ${text.match(/--> (\S+)/)[1]}`);
  const { cues, errors } = new WebVTTParser().parse(text, 'metadata');
  console.log('  webvtt-parser:', cues.map((cue) => cue.text).join(' '), `(${errors.length} errors)`);
  console.log(
    '  node-webvtt:  ',
    nodeWebvtt
      .parse(text)
      .cues.map((cue) => cue.text)
      .join(' '),
  );
}
let sum = 0;
for (let frame = 0; frame < 1500; frame++) sum += 0.04;
show('1500 frames times 0.04:', 1500 * 0.04);
show('1500 frames added up:  ', sum);
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
1500 frames times 0.04: 60 s is written 00:01:00.000
  webvtt-parser: run jump throw (0 errors)
  node-webvtt:   run jump throw
1500 frames added up:   59.9999999999989 s is written 00:00:60.000
  webvtt-parser: throw (2 errors)
  node-webvtt:   run jump throw
SEEN
