// One clip, from the reader's file to its answer, all inside the page.
import type { WebModel } from '../../../src/infer/webModel.js';
import type { Result } from '../../../src/result.js';
import type { PageClip } from '../../../src/web/clipFile.js';
import { localModel } from './localModel.js';
import { texts } from '../words/index.js';

/** A clip that was read and answered here. */
export interface PageAnswer {
  file: File;
  clip: PageClip;
  result: Result;
  /** Of reading, of the backbone and of the head, in seconds. */
  spent: { reading: number; features: number; head: number };
}

/** {@link lookWith} the chosen model of those that are served. */
export async function look(
  file: File,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<PageAnswer> {
  return lookWith(await localModel(), file, signal, say);
}

/** Decodes, computes features and answers. Throws what a reader understands, and the abort's reason. */
export async function lookWith(
  opened: WebModel,
  file: File,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<PageAnswer> {
  signal.throwIfAborted();
  const { frames, sampling, transform } = opened.config;
  const { readClipFile } = await import('../../../src/web/clipFile.js');
  const onProgress = (done: number, total: number): void => say(texts.value.here.reading(done, total));
  const clock = stopwatch();
  const clip = await readClipFile(file, { frames, sampling, ...transform }, { signal, onProgress });
  const reading = clock();
  say(texts.value.answer.looks);
  const { width, height } = transform.size;
  const features = await opened.features({
    ...{ dtype: 'uint8', data: clip.frames },
    shape: [frames, height, width, 3],
  });
  const seeing = clock();
  const flow = async () =>
    (await import('./clipFlow.js')).clipFlow(file, clip, {
      signal,
      onProgress: (done, total) => say(texts.value.here.flow(done, total)),
    });
  const { result } = await opened.answer(features, clip, file.name, { flow });
  return { file, clip, result, spent: { reading, features: seeing, head: clock() } };
}

/** Seconds since the last call. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const spent = (now - last) / 1000;
    last = now;
    return spent;
  };
}
