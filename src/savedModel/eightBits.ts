// A frozen backbone in eight bits for the clips of a data set: calibrated on a few of their frames, compared with float32
// on others, and kept as an ONNX file that models and stores then name. It is a backbone of its own: its identity is not
// that of the float32 one, so stored features and models of the two never mix.
import { join } from 'node:path';
import { descriptionPath } from '../backbone/onnxFile.js';
import { floatModelOf } from '../backbone/quantise/floatModel.js';
import { hasFront } from '../backbone/front.js';
import { isFile } from '../backbone/hub/cache.js';
import { modelKind, onnxKind } from '../backbone/kinds.js';
import { openExtractor, type BackboneSettings, type FeatureExtractor } from '../backbone/index.js';
import { pooledCosine } from '../backbone/quantise/agreement.js';
import { quantise } from '../backbone/quantise/quantise.js';
import { usageError } from '../errors.js';
import { openRuntime, type Runtime } from '../runtime/index.js';
import type { Tensor } from '../tensor.js';
import { DecodePool } from '../video/index.js';
import { writeAtomically } from '../atomicFile.js';
import type { ClipEntry } from '../dataset/index.js';

/** The arithmetic of a frozen backbone; `auto` is eight bits where they agree with float32. */
export type Precision = 'auto' | 'float32' | 'int8';

/** Settings of {@link inEightBits}. */
export interface EightBitOptions {
  precision: 'auto' | 'int8';
  /** Clips whose frames calibrate it: a few of them, evenly over the list. */
  clips: readonly ClipEntry[];
  /** Where the ONNX file is kept, and found again. */
  folder: string;
  threads?: number;
  /** `auto` keeps eight bits from this cosine on; by default {@link LEAST_COSINE}. */
  leastCosine?: number;
}

/** Which backbone to use, and what to say of it. */
export interface EightBits {
  settings: BackboneSettings;
  isEightBit: boolean;
  /** Mean cosine of pooled features with float32, on frames that did not calibrate it. */
  cosine: number;
  note: string;
}

/** `auto` keeps eight bits from this cosine on. */
export const LEAST_COSINE = 0.998;
const CLIPS = 16;
/** Of each clip two frames calibrate, the two between them compare. */
const FRAMES = 4;

/**
 * The backbone of `settings` in eight bits; with `auto` the settings as they are where these do not agree. Throws `usage`
 * for a backbone of which a part is trained, `input` where fewer than two frames can be read, and what `quantise` throws.
 */
export async function inEightBits(
  settings: BackboneSettings,
  { precision, clips, folder, threads, leastCosine = LEAST_COSINE }: EightBitOptions,
): Promise<EightBits> {
  requireWhole(settings);
  await using runtime = await openRuntime({ threads, spin: false });
  await using exact = await openExtractor(settings, { runtime });
  const file = join(folder, `backbone-${exact.identity.slice(0, 12)}.int8.onnx`);
  const own = eightBitSettings(settings, exact, file);
  const { calibration, comparison } = await someFrames(clips, exact);
  const left = (await isFile(file)) ? [] : await write(file, settings, exact, { runtime, calibration });
  await using eight = await openExtractor(own, { runtime });
  const cosine = pooledCosine(await exact.extract(comparison), await eight.extract(comparison));
  const isEightBit = precision === 'int8' || cosine >= leastCosine;
  const floats = left.length > 0 ? `; in float32 stay ${left.join(', ')}` : '';
  const note = `backbone in ${isEightBit ? 'eight bits' : 'float32'}: cosine of pooled features ${cosine.toFixed(4)} between the two on ${comparison.shape[0]} frames${floats}`;
  return { settings: isEightBit ? own : settings, isEightBit, cosine, note };
}

/** What opens the file as the same backbone: scales and their places are those of float32. */
function eightBitSettings(
  { kind }: BackboneSettings,
  { identity, preprocessing, scales, alignment }: FeatureExtractor,
  file: string,
): BackboneSettings {
  return {
    ...{ kind: onnxKind, file, precision: 'int8', preprocessing },
    outputs: scales.map(({ name }) => name),
    geometry: scales.map(({ geometry }) => geometry),
    ...(scales.length > 1 && { alignment }),
    float32: { kind, identity },
  };
}

async function write(
  file: string,
  settings: BackboneSettings,
  exact: FeatureExtractor,
  { runtime, calibration }: { runtime: Runtime; calibration: Tensor },
): Promise<string[]> {
  const { preprocessing, identity } = exact;
  const outputs = exact.scales.map(({ name }) => name);
  const { bytes, left } = await quantise(await floatModelOf(settings, exact), {
    ...{ path: String(settings.file ?? settings.kind), outputs, preprocessing, runtime },
    frames: calibration,
    metadata: { precision: 'int8', float32: identity },
  });
  await writeAtomically(descriptionPath(file), `${JSON.stringify({ ...preprocessing, outputs }, null, 2)}\n`);
  await writeAtomically(file, bytes);
  return [...left].map(([type, count]) => `${count} ${type}`);
}

/** Frames of clips evenly over the list; clips that cannot be read are passed over, and named by whoever extracts them. */
async function someFrames(
  clips: readonly ClipEntry[],
  { preprocessing }: FeatureExtractor,
): Promise<{ calibration: Tensor; comparison: Tensor }> {
  const { size, resize } = preprocessing;
  const chosen = Array.from({ length: Math.min(CLIPS, clips.length) }, (_, i) =>
    Math.floor(((i + 0.5) * clips.length) / Math.min(CLIPS, clips.length)),
  );
  const pool = new DecodePool();
  try {
    const read = chosen.map((at) =>
      pool.readClip(clips[at]!.path, { frames: FRAMES, sampling: 'uniform', size, resize }).then(
        ({ frames }) => frames,
        () => new Uint8Array(0),
      ),
    );
    const each = size.width * size.height * 3;
    const parts = (await Promise.all(read)).flatMap((bytes) =>
      Array.from({ length: bytes.length / each }, (_, i) => bytes.subarray(i * each, (i + 1) * each)),
    );
    const those = (rest: number): Tensor =>
      stackedFrames(
        parts.filter((_, i) => i % 2 === rest),
        size,
      );
    return { calibration: those(0), comparison: those(1) };
  } finally {
    await pool.close();
  }
}

function stackedFrames(
  parts: readonly Uint8Array[],
  { width, height }: { width: number; height: number },
): Tensor {
  const each = width * height * 3;
  const data = new Uint8Array(parts.length * each);
  parts.forEach((part, i) => data.set(part, i * each));
  return { dtype: 'uint8', shape: [parts.length, height, width, 3], data };
}

function requireWhole(settings: BackboneSettings): void {
  const isFrozen = settings.kind !== 'small' && settings.kind !== modelKind && !hasFront(settings);
  if (isFrozen) return;
  throw usageError(
    '--precision',
    'float32, or a backbone of which nothing is trained',
    hasFront(settings) ? `${settings.kind}, trained from ${String(settings.from)} on` : settings.kind,
    '--backbone resnet50, or onnx:FILE',
  );
}
