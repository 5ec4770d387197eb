#!/usr/bin/env bash
# Package: subtitle 4.2.2.
# Behaviour: from hour 24 on the hours start at zero again, and the days stand as milliseconds behind the comma.
# One would guess: 24 h and 1.5 s is written as 24:00:01,500, as the package reads it.
# Seen: 00:00:01,86400500. The package throws at its own file; a reader that takes three digits has the action on the
# first day.
# Matters for: recordings of animals or of a place over days, where the time of an action is the result.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts subtitle@4.2.2

cat >show.cjs <<'JS'
const { parseSync, stringifySync } = require('subtitle');

const srt = (hours) => `1\n${hours}:00:01,500 --> ${hours}:00:02,500\nforage\n`;
for (const hours of ['23', '24', '49']) {
  const [{ data }] = parseSync(srt(hours));
  const written = stringifySync(parseSync(srt(hours)), { format: 'SRT' });
  console.log(`${hours} h 1.5 s is read as ${data.start} ms and written as ${written.split('\n')[1]}`);
  try {
    console.log('  read again:', parseSync(written)[0].data.start, 'ms');
  } catch (error) {
    console.log('  read again: error:', error.message);
  }
}
JS
node show.cjs | tee seen.txt

diff - seen.txt <<'SEEN'
23 h 1.5 s is read as 82801500 ms and written as 23:00:01,500 --> 23:00:02,500
  read again: 82801500 ms
24 h 1.5 s is read as 86401500 ms and written as 00:00:01,86400500 --> 00:00:02,86400500
  read again: error: expected timestamp at row 2, but received: "00:00:01,86400500 --> 00:00:02,86400500"
49 h 1.5 s is read as 176401500 ms and written as 01:00:01,172800500 --> 01:00:02,172800500
  read again: error: expected timestamp at row 2, but received: "01:00:01,172800500 --> 01:00:02,172800500"
SEEN
