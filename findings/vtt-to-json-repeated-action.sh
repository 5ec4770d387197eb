#!/usr/bin/env bash
# Package: vtt-to-json 0.1.1 (actions as WebVTT cues: time and class).
# Behaviour: a cue loses its text if the one before it has the same, and the last cue of a file is lost whole.
# One would guess: as many entries as cues, each with its own text.
# Seen: lines equal to the line before are taken for rolling captions and skipped, so the second of two runs has no
# class; the first entry comes twice, the second time without text; the last comes only if the file ends without the
# line break that text files end with. Four cues still give four entries, so that counting them is no help.
# Matters for: the same action twice in a row is what action labels look like.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts vtt-to-json@0.1.1

cat >show.cjs <<'JS'
const toJson = require('vtt-to-json');

const actions = ['jump', 'run', 'run', 'throw'];
const cues = actions.map((action, i) => `00:00:0${2 * i + 1}.000 --> 00:00:0${2 * i + 2}.000\n${action}`);
const show = (entries) =>
  entries.map(({ start, end, part }) => `${start}-${end} ${JSON.stringify(part)}`).join(', ');
(async () => {
  const text = ['WEBVTT', ...cues].join('\n\n');
  console.log(
    'written:       ',
    show(actions.map((part, i) => ({ start: 2000 * i + 1000, end: 2000 * i + 2000, part }))),
  );
  console.log('line break end:', show(await toJson(text + '\n')));
  console.log('no line break: ', show(await toJson(text)));
})();
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
written:        1000-2000 "jump", 3000-4000 "run", 5000-6000 "run", 7000-8000 "throw"
line break end: 1000-2000 "jump", 1000-2000 "", 3000-4000 "run", 5000-6000 ""
no line break:  1000-2000 "jump", 1000-2000 "", 3000-4000 "run", 5000-6000 "", 7000-8000 "throw"
SEEN
