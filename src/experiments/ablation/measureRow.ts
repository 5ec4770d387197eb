// What one trained row of an ablation says of the left-out clips, clip by clip, from their stored features.
import { modelParameters } from '../../savedModel/modelFolder.js';
import { readModelFolder } from '../../savedModel/index.js';
import { pickFeatures } from '../../store/features/read.js';
import type { ClipStore, StoredClip } from '../../store/index.js';
import type { FlowStore } from '../../store/motion/storedFlow.js';
import { boxesBy } from '../../evaluate/reports/whereReport.js';
import { whereScores } from '../../metrics/spatial.js';
import { type TruthClip } from '../../truth.js';
import { answerOf, identityOf } from '../../infer/answer.js';
import { runHead } from '../../infer/runHead.js';
import type { ClipFlow } from '../../motion/index.js';
import type { Answer } from '../../infer/index.js';
import { inferenceGraph, initialise, type ModelConfig } from '../../model/index.js';
import { Random } from '../../random.js';
import type { Runtime } from '../../runtime/index.js';
import type { Tensor, Tensors } from '../../tensor.js';
import type { Clip } from '../../video/index.js';
import { headFacts } from '../../audit/headFacts.js';
import { ranking } from '../../audit/orders.js';

/** Numbers of one clip; every one is averaged over clips. */
export interface RowMeasures {
  correct: number;
  crossEntropy: number;
  /** Mean of the masks, share of their cells below 0.1 or above 0.9, mean difference of neighbours. */
  area: number;
  binary: number;
  roughness: number;
  /** Local peaks of the weights over time, and the number of frames that they use (the exponential of their entropy). */
  peaks: number;
  framesInUse: number;
  /** Largest distance from uniform in units of 1/n, and largest difference between steps. */
  fromUniform: number;
  betweenSteps: number;
  /** Share of the acting frames whose box reaches IoU 0.3, and whose point hits; only with truth. */
  iou?: number;
  pointing?: number;
}

/** What {@link measureRow} looks at. */
export interface RowOptions {
  runtime: Runtime;
  store: ClipStore;
  clips: readonly StoredClip[];
  truthOf: (clip: StoredClip) => TruthClip | undefined;
  /** The flow of clips, for rows that look at it. */
  flows: FlowStore;
}

/** Measures of every clip, and how far the score's parameters moved from their start in training. */
export async function measureRow(
  folder: string,
  seed: number,
  { runtime, store, clips, truthOf, flows }: RowOptions,
): Promise<{ clips: RowMeasures[]; scoreMoved: number | null }> {
  const { config, tensors, id } = await readModelFolder(folder);
  const { graph } = inferenceGraph({ config, clips: 1 });
  await runtime.forget();
  await runtime.write(tensors);
  await using program = await runtime.compile(graph);
  const measures: RowMeasures[] = [];
  for (const clip of clips) {
    const { sampled, features } = await readStored(store, clip, config);
    const flow = (): Promise<ClipFlow> => flows.flowOf(clip.path);
    const ran = await runHead((inputs) => program.run(inputs), features, { config, clip: sampled, flow });
    const outputs = { ...ran.outputs, features };
    const identity = identityOf(config, id);
    const answer = answerOf(outputs, { config, identity, clip: sampled, path: clip.path });
    measures.push(measuresOf(answer, outputs, clip.classIndex, truthOf(clip)));
  }
  return { clips: measures, scoreMoved: moved(config, tensors, seed) };
}

/** Sampled frames without their pictures, and the features `[1,n,C,h,w]`. */
async function readStored(
  store: ClipStore,
  { key, path }: StoredClip,
  { frames }: ModelConfig,
): Promise<{ sampled: Clip; features: Tensor }> {
  const file = await store.read(key);
  const { tensors, metadata } = file;
  const all = Array.from({ length: frames }, (_, i) => i);
  const { shape, data } = pickFeatures(file, { path: store.fileOf(key), frames: all });
  const sampled = {
    ...(JSON.parse(metadata.clip ?? '{}') as Omit<Clip, 'path' | 'frames' | 'shape' | 'times' | 'indices'>),
    path,
    frames: new Uint8Array(0),
    shape: [frames, 0, 0, 3],
    times: tensors.times!.data as Float64Array,
    indices: Array.from(tensors.indices!.data as BigInt64Array, Number),
  } as Clip;
  return { sampled, features: { dtype: 'float32', shape: [1, ...shape], data } };
}

function measuresOf(
  { probabilities, result, points }: Answer,
  outputs: Tensors,
  classIndex: number,
  truth: TruthClip | undefined,
): RowMeasures {
  const { maskArea: area, binary, fromUniform, betweenSteps } = headFacts(outputs);
  const weights = result.frames.map(({ weight }) => weight);
  const scores = whereScores(
    result.frames.flatMap((frame, i) => {
      const boxes = truth ? boxesBy('any', truth, frame) : [];
      if (!truth || boxes.length === 0) return [];
      const { width, height } = truth;
      return [{ predicted: frame.box, point: points[i] ?? null, truth: boxes, width, height }];
    }),
  );
  const share = (holds: (score: (typeof scores)[number]) => boolean): number =>
    scores.filter(holds).length / scores.length;
  return {
    correct: ranking(probabilities)[0] === classIndex ? 1 : 0,
    crossEntropy: -Math.log(Math.max(1e-12, probabilities[classIndex]!)),
    ...{ area, binary, fromUniform, betweenSteps },
    roughness: roughness(outputs.masks!),
    peaks: peaksOf(weights),
    framesInUse: Math.exp(weights.reduce((sum, w) => sum - (w > 0 ? w * Math.log(w) : 0), 0)),
    ...(scores.length > 0 && { iou: share(({ iou }) => iou >= 0.3), pointing: share(({ isHit }) => isHit) }),
  };
}

/** Mean absolute difference of right and lower neighbours. */
function roughness({ data, shape }: Tensor): number {
  const [, n, h, w] = shape as [number, number, number, number];
  let [sum, count] = [0, 0];
  for (let t = 0; t < n; t++) {
    for (let y = 0; y < h; y++) {
      for (let x = 0; x < w; x++) {
        const at = (t * h + y) * w + x;
        if (x + 1 < w) [sum, count] = [sum + Math.abs(Number(data[at + 1]) - Number(data[at])), count + 1];
        if (y + 1 < h) [sum, count] = [sum + Math.abs(Number(data[at + w]) - Number(data[at])), count + 1];
      }
    }
  }
  return count > 0 ? sum / count : 0;
}

/** Frames whose weight is above that of both neighbours by more than a thousandth of uniform; the ends have one. */
function peaksOf(weights: readonly number[]): number {
  const margin = 1e-3 / weights.length;
  const at = (i: number): number => weights[i] ?? 0;
  return weights.filter((w, i) => w > at(i - 1) + margin && w > at(i + 1) + margin).length;
}

/** Largest change of a parameter of the score since its start; null where there is no score. */
function moved(config: ModelConfig, tensors: Tensors, seed: number): number | null {
  const start = initialise(modelParameters(config), Random.from(seed, 'initialise'));
  const names = Object.keys(tensors).filter((name) => name.startsWith('score.'));
  if (names.length === 0) return null;
  const changes = names.map((name) => {
    const [before, after] = [start[name]!.data as Float32Array, tensors[name]!.data as Float32Array];
    return before.reduce((most, x, i) => Math.max(most, Math.abs(after[i]! - x)), 0);
  });
  return Math.max(...changes);
}
