#!/usr/bin/env bash
# Package: subsrt-ts 2.1.2, writing and reading MicroDVD (.sub), the subtitle format that counts frames.
# Behaviour: frame numbers are milliseconds times the frame rate, a thousand times too many.
# One would guess: an action from 1 to 2 s at 25 frames a second is written {25}{50}, and {25}{50} is read as 1000 to
# 2000, since all times of the package are in milliseconds.
# Seen: {25000}{50000} is written, and {25}{50} is read as 1 to 2. The one undoes the other, so a test that writes and
# reads finds no fault; every other program does.
# Matters for: actions land 1000 times too late in an annotation tool, or shrink to a few milliseconds at the beginning.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts subsrt-ts@2.1.2

cat >show.cjs <<'JS'
const { build, parse } = require('subsrt-ts');

const options = { format: 'sub', fps: 25 };
const times = (file, format = 'sub') =>
  parse(file, { ...options, format })
    .map(({ start, end }) => `${start} to ${end}`)
    .join();
const written = build([{ type: 'caption', start: 1000, end: 2000, text: 'run' }], options);
console.log('1000 to 2000 ms written:', written.trim());
console.log('that read again:        ', times(written));
console.log('{25}{50}run read:       ', times('{25}{50}run\r\n'));
console.log('the same in .srt read:  ', times('1\r\n00:00:01,000 --> 00:00:02,000\r\nrun\r\n', 'srt'));
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
1000 to 2000 ms written: {25000}{50000}run
that read again:         1000 to 2000
{25}{50}run read:        1 to 2
the same in .srt read:   1000 to 2000
SEEN
