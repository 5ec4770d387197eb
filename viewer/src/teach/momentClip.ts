// A live moment as a clip: its pictures become VP8 frames, converted here, so that no browser's own conversion stands in the file
// under a name that other decoders read otherwise.
import { BufferTarget, Output, VideoSample, VideoSampleSource, WebMOutputFormat } from 'mediabunny';
import { toI420 } from './i420.js';

/** Pictures with their times, as a live moment holds them. */
export interface Moment {
  pictures: readonly ImageBitmap[];
  /** In seconds from the first. */
  times: readonly number[];
}

/** Can this browser write clips? */
export const canEncode = typeof VideoEncoder !== 'undefined';

/** A clip of these pictures, each shown until the next. Throws what the browser says of an encoder that it does not have. */
export async function clipOfMoment({ pictures, times }: Moment, name: string): Promise<File> {
  const even = (length: number): number => length - (length % 2); // encoders want even sizes
  const size = { width: even(pictures[0]!.width), height: even(pictures[0]!.height) };
  const brush = new OffscreenCanvas(size.width, size.height).getContext('2d', { willReadFrequently: true })!;
  const output = new Output({ format: new WebMOutputFormat(), target: new BufferTarget() });
  const source = new VideoSampleSource({ codec: 'vp8', bitrate: 2_500_000 });
  output.addVideoTrack(source);
  await output.start();
  for (const [i, picture] of pictures.entries()) {
    brush.drawImage(picture, 0, 0);
    const { data } = brush.getImageData(0, 0, size.width, size.height);
    const time = times[i]!;
    const next = times[i + 1] ?? time + (time - (times[i - 1] ?? time - 0.1));
    const sample = new VideoSample(toI420(data, size), {
      ...{ format: 'I420', codedWidth: size.width, codedHeight: size.height },
      ...{ timestamp: time, duration: Math.max(0.001, next - time) },
      colorSpace: { matrix: 'smpte170m', primaries: 'smpte170m', transfer: 'smpte170m', fullRange: false },
    });
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
  return new File([output.target.buffer!], name, { type: 'video/webm' });
}
