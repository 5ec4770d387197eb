// The wanted frames of a video whose survey is known: decoding ends with the last of them, which of a short look into a
// long file is most of the work.
import type { Decoder, FrameRequest } from './decoder.js';
import type { Frame } from './types.js';

/** As `decoder.frames` gives them; what lies behind the last wanted frame is not decoded. */
export async function* wantedFrames(decoder: Decoder, request: FrameRequest): AsyncGenerator<Frame, void> {
  const { wanted } = request;
  if (wanted?.size === 0) return;
  const last = wanted && [...wanted].reduce((a, b) => Math.max(a, b));
  for await (const frame of decoder.frames(request)) {
    yield frame;
    if (frame.index === last) return;
  }
}
