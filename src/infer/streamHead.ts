// The head of a model on a stream: told the features of one frame after another, it answers on the last `n`. One asks the
// whole head each time; the other keeps what is known of frames and computes the newest alone (src/model/rollingGraph.ts).
import { DrawnFrames } from '../localize/drawnFrames.js';
import { rollingNames } from '../model/rollingGraph.js';
import type { ModelConfig } from '../model/config.js';
import { arrayOf } from '../runtime/check.js';
import type { Program } from '../runtime/program.js';
import { float32, sizeOf, type Tensor, type Tensors } from '../tensor.js';
import { answerOf, type Answer, type AnswerOptions } from './answer.js';
import type { SampledClip } from './toResult.js';

/** A head that follows one stream. */
export interface StreamHead {
  /**
   * The answer with features `[1,C,h,w]` of the newest frame; `clip` is the window of the last `n`, in which the first frame is
   * repeated until there are as many. A call that fails leaves what is kept as it was. Calls must not overlap.
   */
  answer(features: Tensor, clip: SampledClip, path: string): Promise<Answer>;
}

/** Asks the whole head `answer` about features `[n,C,h,w]` each time. */
export function wholeHead(
  answer: (features: Tensor, clip: SampledClip, path: string) => Promise<Answer>,
  { frames: n }: Pick<ModelConfig, 'frames'>,
): StreamHead {
  let kept: readonly Tensor[] = [];
  return {
    async answer(features, clip, path) {
      const window = kept.length > 0 ? [...kept, features].slice(-n) : new Array<Tensor>(n).fill(features);
      const answered = await answer(joined(window), clip, path);
      kept = window;
      return answered;
    },
  };
}

function joined(window: readonly Tensor[]): Tensor {
  const [, ...rest] = window[0]!.shape;
  const one = sizeOf(rest);
  const data = new Float32Array(window.length * one);
  window.forEach((frame, i) => data.set(frame.data as Float32Array, i * one));
  return float32(data, [window.length, ...rest]);
}

/** Asks the program of `rollingGraph` about the newest frame. */
export function rollingHead(
  program: Program,
  options: Pick<AnswerOptions, 'config' | 'identity'>,
): StreamHead {
  const isPair = program.feeds.some(({ name }) => name === 'before');
  const drawn = new DrawnFrames();
  let kept: { before: Tensor; rows: Tensors } | undefined;
  const run = (features: Tensor, before: Tensor, rows: Tensors): Promise<Tensors> =>
    program.run({ features, ...(isPair && { before }), ...rows });
  return {
    async answer(given, clip, path) {
      const [, ...rest] = given.shape;
      const features = float32(given.data as Float32Array, [1, 1, ...rest]);
      // Before a first frame nothing is kept: what is found of it fills the window.
      const { before, rows } = kept ?? {
        before: features,
        rows: filled(nextOf(await run(features, features, nothingKept(program)))),
      };
      const outputs = await run(features, before, rows);
      const answer = answerOf(withoutNext(outputs), { ...options, clip, path, drawn });
      kept = { before: features, rows: nextOf(outputs) };
      return answer;
    },
  };
}

const isNext = (name: string): boolean => name.startsWith(rollingNames.next);

/** Zeros for all that is kept. */
function nothingKept({ feeds }: Program): Tensors {
  return Object.fromEntries(
    feeds
      .filter(({ name }) => name.startsWith(rollingNames.kept))
      .map(({ name, dtype, shape }) => {
        const lengths = shape as readonly number[];
        return [name, { dtype, shape: lengths, data: new arrayOf[dtype](sizeOf(lengths)) }];
      }),
  );
}

/** What is to be kept, by the names under which it is asked for. */
function nextOf(outputs: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => isNext(name))
      .map(([name, tensor]) => [rollingNames.kept + name.slice(rollingNames.next.length), tensor]),
  );
}

function withoutNext(outputs: Tensors): Tensors {
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => !isNext(name)));
}

/** The newest row of each `[1,n-1,...]` in all places. */
function filled(rows: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(rows).map(([name, { data, shape }]) => {
      const one = data.length / shape[1]!;
      const newest = (data as Float32Array).subarray(data.length - one);
      const all = new Float32Array(data.length);
      for (let at = 0; at < all.length; at += one) all.set(newest, at);
      return [name, float32(all, shape)];
    }),
  );
}
