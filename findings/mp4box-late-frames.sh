#!/usr/bin/env bash
# Packages: mp4box 2.4.1 and mediabunny 1.61.0 on one ordinary H.264 file (made with @ffmpeg-installer/ffmpeg 1.1.0).
# Behaviour: the times of frames in mp4box's samples are those of the track, without its edit list.
# One would guess: the earliest `cts` of a clip that starts at zero is zero, and both packages agree.
# Seen: with B-frames, x264's default, every frame is two frames (80 ms at 25 a second) later in mp4box than in
# mediabunny and in ffmpeg's decoder. Its `edits` tell why, but its samples do not heed them. Without B-frames all
# agree.
# Matters for: frames looked up by time are two too early; tracks made by the one move against labels made by the other.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts mp4box@2.4.1 mediabunny@1.61.0 @ffmpeg-installer/ffmpeg@1.1.0
ffmpeg=$(node -p "require('@ffmpeg-installer/ffmpeg').path")
for b in 0 3; do
  "$ffmpeg" -v error -nostdin -f lavfi -i testsrc=s=64x64:r=25:d=2 -c:v libx264 -bf $b "b$b.mp4"
  "$ffmpeg" -nostdin -copyts -i "b$b.mp4" -vsync 0 -vf showinfo -f null - 2>&1 |
    grep -o 'pts_time:[0-9.]*' | cut -d: -f2 >"b$b.decoder"
done

cat >show.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input } from 'mediabunny';
import { createFile } from 'mp4box';

const buffer = (name) => {
  const bytes = readFileSync(name);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
};
function byMp4box(name) {
  const file = createFile();
  const times = [];
  file.onReady = ({ videoTracks: [{ id }] }) => (
    file.setExtractionOptions(id, null, { nbSamples: 1000 }),
    file.start()
  );
  file.onSamples = (id, user, samples) => times.push(...samples.map(({ cts, timescale }) => cts / timescale));
  file.appendBuffer(Object.assign(buffer(name), { fileStart: 0 }));
  file.flush();
  return times;
}
async function byMediabunny(name) {
  const track = await new Input({
    formats: ALL_FORMATS,
    source: new BufferSource(buffer(name)),
  }).getPrimaryVideoTrack();
  const times = [];
  for await (const packet of new EncodedPacketSink(track).packets()) times.push(packet.timestamp);
  return times;
}
const first = (times) =>
  `${times.length} frames from ${Math.min(...times).toFixed(2)} to ${Math.max(...times).toFixed(2)} s`;
for (const b of [0, 3]) {
  console.log(`B-frames: ${b}, mp4box:    `, first(byMp4box(`b${b}.mp4`)));
  console.log(`B-frames: ${b}, mediabunny:`, first(await byMediabunny(`b${b}.mp4`)));
  console.log(
    `B-frames: ${b}, decoder:   `,
    first(readFileSync(`b${b}.decoder`, 'utf8').trim().split('\n').map(Number)),
  );
}
JS
node show.mjs | tee seen.txt

diff - seen.txt <<'SEEN'
B-frames: 0, mp4box:     50 frames from 0.00 to 1.96 s
B-frames: 0, mediabunny: 50 frames from 0.00 to 1.96 s
B-frames: 0, decoder:    50 frames from 0.00 to 1.96 s
B-frames: 3, mp4box:     50 frames from 0.08 to 2.04 s
B-frames: 3, mediabunny: 50 frames from 0.00 to 1.96 s
B-frames: 3, decoder:    50 frames from 0.00 to 1.96 s
SEEN
