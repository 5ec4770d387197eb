#!/usr/bin/env bash
# Package: subsrt-ts 2.1.2, reading Advanced SubStation Alpha (.ass), a format that subtitle editors label with.
# Behaviour: the text of each event comes back without its first letter.
# One would guess: `run` is read as `run`; surely from a file that the package has written itself.
# Seen: `un`, from its own file and from one with nothing but what the format asks for. The comma before the text is
# counted twice. A space before the text hides it. Its .srt and .vtt readers are right.
# Matters for: class names no longer match the list of classes, and names that differ in the first letter fall together.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts subsrt-ts@2.1.2

cat >show.cjs <<'JS'
const { build, parse } = require('subsrt-ts');

const actions = [
  { type: 'caption', start: 1000, end: 2000, text: 'run' },
  { type: 'caption', start: 3000, end: 4000, text: 'jump' },
];
const texts = (file, format) =>
  parse(file, { format })
    .filter(({ type }) => type === 'caption')
    .map(({ text }) => text)
    .join(', ');
const plain = (text) =>
  [
    '[Script Info]',
    'ScriptType: v4.00+',
    '',
    '[Events]',
    'Format: Layer, Start, End, Text',
    `Dialogue: 0,0:00:01.00,0:00:02.00,${text}`,
    '',
  ].join('\r\n');

for (const format of ['srt', 'vtt', 'ass'])
  console.log(`its own .${format}:`, texts(build(actions, { format }), format));
console.log('a plain .ass:', texts(plain('run'), 'ass'));
console.log('with a space:', texts(plain(' run'), 'ass'));
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
its own .srt: run, jump
its own .vtt: run, jump
its own .ass: un, ump
a plain .ass: un
with a space: run
SEEN
