// The camera followed by the model that was just taught: an answer for every picture that is looked at, and what the last
// seconds were. Pictures that come while one is looked at are dropped and counted (src/infer/rolling.ts).
import { signal } from '@preact/signals';
import { Rolling, type RollingAnswer } from '../../../src/infer/rolling.js';
import type { WebModel } from '../../../src/infer/webModel.js';
import { keptWindow, resample } from '../../../src/video/resample.js';
import { Painter } from '../../../src/web/painter.js';
import { heldMoment } from './opened.js';
import { recordSettings } from './recording.js';

/** A moment that has passed: the best class and how sure. */
export interface Past {
  seconds: number;
  label: string;
  probability: number;
}

/** Seconds that the time line shows. */
export const PAST_SECONDS = 20;

/** The newest answer; null while there is none. */
export const live = signal<RollingAnswer | null>(null);
/** The last seconds, oldest first. */
export const past = signal<readonly Past[]>([]);
/** Why the camera cannot be followed; empty while it can. */
export const liveFault = signal('');

/** Pictures of the frames that the newest answer is about, for a moment that is held. */
let pictures: ImageBitmap[] = [];

/** Follows until the signal. */
export async function followCamera(
  video: HTMLVideoElement,
  model: WebModel,
  signal: AbortSignal,
): Promise<void> {
  liveFault.value = '';
  for (const old of pictures.splice(0)) old.close(); // of another camera or model
  const everySeconds = recordSettings.peek().lengthSeconds / model.config.frames; // a window is as long as a take
  const rolling = new Rolling(model, { everySeconds });
  const painter = new Painter();
  while (!signal.aborted && liveFault.peek() === '') {
    const seconds = await nextPicture(video, signal);
    if (signal.aborted) break;
    if (video.videoWidth === 0 || !rolling.wants(seconds)) continue;
    const picture = createImageBitmap(video);
    rolling
      .offer({ timeSeconds: seconds, ...pixelsOf(video, model, painter) })
      .then(async (found) => take(found, await picture, { model, signal }))
      .catch((error: Error) => (liveFault.value = error.message)); // not waited for: drops are to be counted
  }
  live.value = null;
}

function take(
  found: RollingAnswer | undefined,
  picture: ImageBitmap,
  { model, signal }: { model: WebModel; signal: AbortSignal },
): void {
  if (!found || signal.aborted) return picture.close();
  pictures.push(picture);
  for (const old of pictures.splice(0, Math.max(0, pictures.length - model.config.frames))) old.close();
  const { classes, frames } = found.result;
  const [best] = classes;
  const seconds = frames.at(-1)!.timeSeconds;
  if (best) {
    const now = { seconds, label: best.label, probability: best.probability };
    past.value = [
      ...past.peek().filter((one) => one.seconds > seconds - PAST_SECONDS && one.seconds < seconds),
      now,
    ];
  }
  live.value = found;
}

/** Stops at this moment: its pictures and its answer, times from the first picture on. */
export function hold(): void {
  const now = live.peek();
  if (!now || pictures.length === 0) return;
  const held = pictures;
  pictures = [];
  const { result } = now;
  const frames = result.frames.slice(-held.length); // until the window is full, its first frame is repeated
  const start = frames[0]!.timeSeconds;
  const cut = result.frames.length - frames.length;
  heldMoment.value = {
    pictures: held,
    result: {
      ...result,
      frames: frames.map((frame) => ({ ...frame, timeSeconds: frame.timeSeconds - start })),
      actors: result.actors.map((actor) => ({ ...actor, boxes: actor.boxes.slice(cut), segments: [] })),
      segments: [],
      masks: undefined,
    },
  };
}

/** The next picture's time on the stream's own clock, or that of the signal's end. */
function nextPicture(video: HTMLVideoElement, signal: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(0), { once: true });
    video.requestVideoFrameCallback((_, { mediaTime }) => resolve(mediaTime));
  });
}

function pixelsOf(video: HTMLVideoElement, { config }: WebModel, painter: Painter) {
  const source = { width: video.videoWidth, height: video.videoHeight };
  const pixels = painter.pixels(source, (context) => context.drawImage(video, 0, 0));
  const { size, resize } = config.transform;
  return { ...source, pixels: resample(pixels, source, size, keptWindow(source, size, resize)) };
}
