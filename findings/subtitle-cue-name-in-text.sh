#!/usr/bin/env bash
# Package: subtitle 4.2.2 (actions as WebVTT cues: time and class).
# Behaviour: a cue's name that is not a number is added to the text of the cue before it.
# One would guess: the text is the lines below the time; WebVTT's cues can have any name, or the reader objects.
# Seen: of cues named 1, 2, 2a, 3 the second is read as `run`, an empty line and `2a`: a class that does not exist.
# Times and the number of cues are right. Only where the first cue of a file has such a name does it throw.
# Matters for: labels where an action was put in later, or cues named after shots or clips, which is what names are for.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts subtitle@4.2.2 node-webvtt@1.9.4

cat >show.cjs <<'JS'
const { parseSync } = require('subtitle');
const nodeWebvtt = require('node-webvtt');

const actions = ['jump', 'run', 'fall', 'throw'];
const texts = (cues) => cues.map(({ text }) => JSON.stringify(text)).join(' ');
for (const names of [
  ['1', '2', '3', '4'],
  ['1', '2', '2a', '3'],
  ['1', 'shot 7', 'shot 8', 'shot 9'],
]) {
  const cues = actions.map(
    (action, i) => `${names[i]}\n00:00:0${i}.000 --> 00:00:0${i + 1}.000\n${action}\n`,
  );
  const file = ['WEBVTT\n', ...cues].join('\n');
  console.log('cues named', names.join(', '));
  console.log('  node-webvtt:', texts(nodeWebvtt.parse(file).cues));
  console.log(
    '  subtitle:   ',
    texts(parseSync(file).flatMap(({ type, data }) => (type === 'cue' ? data : []))),
  );
}
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
cues named 1, 2, 3, 4
  node-webvtt: "jump" "run" "fall" "throw"
  subtitle:    "jump" "run" "fall" "throw"
cues named 1, 2, 2a, 3
  node-webvtt: "jump" "run" "fall" "throw"
  subtitle:    "jump" "run\n\n2a" "fall" "throw"
cues named 1, shot 7, shot 8, shot 9
  node-webvtt: "jump" "run" "fall" "throw"
  subtitle:    "jump\n\nshot 7" "run\n\nshot 8" "fall\n\nshot 9" "throw"
SEEN
