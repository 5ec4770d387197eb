#!/usr/bin/env bash
# Packages: h264-mp4-encoder 1.0.12 (encodes in Node and in a page), read back by mediabunny 1.61.0.
# Behaviour: the part of a frame rate behind the point is dropped.
# One would guess: `frameRate = 23.976` gives a file of 23.976 frames a second, or an error.
# Seen: 23.976 becomes 23 and 29.97 becomes 29, as `frameRate` says if it is read after it was set. All frames are
# there; each is shown for longer, so that a minute of film lasts 62.5 seconds.
# Matters for: test clips or crops of an actor written by it run 3 to 4 % slow, and labels in seconds drift off their
# actions, 2.5 s a minute at film's rate.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts h264-mp4-encoder@1.0.12 mediabunny@1.61.0

cat >show.mjs <<'JS'
import encoders from 'h264-mp4-encoder';
import { ALL_FORMATS, BufferSource, Input } from 'mediabunny';

const [width, height, frames] = [16, 16, 240];
for (const frameRate of [25, 23.976, 29.97]) {
  const encoder = await encoders.createH264MP4Encoder();
  Object.assign(encoder, { width, height, frameRate });
  encoder.initialize();
  for (let i = 0; i < frames; i++) encoder.addFrameRgba(new Uint8Array(4 * width * height).fill(i));
  encoder.finalize();
  const file = encoder.FS.readFile(encoder.outputFilename);

  const track = await new Input({
    formats: ALL_FORMATS,
    source: new BufferSource(file),
  }).getPrimaryVideoTrack();
  const { packetCount, averagePacketRate } = await track.computePacketStats();
  const seconds = await track.computeDuration();
  console.log(
    `asked for ${frameRate} a second: ${averagePacketRate.toFixed(2)} a second, ${packetCount} frames,`,
    `${seconds.toFixed(2)} s where ${(frames / frameRate).toFixed(2)} s are meant; frameRate reads ${encoder.frameRate}`,
  );
  encoder.delete();
}
JS
node show.mjs | tee seen.txt

diff - seen.txt <<'SEEN'
asked for 25 a second: 25.00 a second, 240 frames, 9.60 s where 9.60 s are meant; frameRate reads 25
asked for 23.976 a second: 23.00 a second, 240 frames, 10.43 s where 10.01 s are meant; frameRate reads 23
asked for 29.97 a second: 29.00 a second, 240 frames, 8.27 s where 8.01 s are meant; frameRate reads 29
SEEN
