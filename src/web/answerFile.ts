// One clip, from a file that the reader of a page chose to its answer; nothing leaves the page.
import type { WebModel } from '../infer/webModel.js';
import type { Result } from '../result.js';
import { readClipFile, type ReadOptions } from './clipFile.js';

/**
 * Decodes `file`, computes features of its frames, and answers. A head that looks at motion gets the actor's path and no flow.
 * Throws `format` for a file that this browser cannot decode, and the signal's reason.
 */
export async function answerFile(model: WebModel, file: File, options: ReadOptions = {}): Promise<Result> {
  const { frames, sampling, transform } = model.config;
  const clip = await readClipFile(file, { frames, sampling, ...transform }, options);
  const { width, height } = transform.size;
  const shape = [frames, height, width, 3];
  const features = await model.features({ dtype: 'uint8', data: clip.frames, shape });
  options.signal?.throwIfAborted();
  return (await model.answer(features, clip, file.name)).result;
}
