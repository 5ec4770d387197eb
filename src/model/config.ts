// `config.json` of a model folder (docs/architecture.md#the-model-folder): everything needed to rebuild the graph and to prepare frames.
import { z } from 'zod';
import {
  channelDeviations,
  channelMeans,
  clipFits,
  clipTooLarge,
  frameCount,
  frameSize,
  mostLayers,
  positiveFactor,
  readableName,
} from '../bounds.js';
import { formatError } from '../errors.js';
import { ActorSettings } from './actors.js';
import { Alignment, CellGeometry } from './cells.js';
import { AttentionSettings } from './attention/forms.js';
import { count, ProbabilityForm } from './settings.js';

/** How frames become numbers: stretched or cropped to `size`, scaled to 0..1, then `(x - mean) / std` per channel R, G, B. */
export const TransformConfig = z.strictObject({
  size: frameSize,
  resize: z.enum(['stretch', 'crop']).default('stretch'),
  mean: channelMeans.default([0.485, 0.456, 0.406]),
  std: channelDeviations.default([0.229, 0.224, 0.225]),
});
/** How frames become numbers. */
export type TransformConfig = z.infer<typeof TransformConfig>;

/** The content of `config.json`. */
export const ModelConfig = z.strictObject({
  version: z.literal(1),
  classes: z
    .array(readableName)
    .min(2)
    .refine((names) => new Set(names).size === names.length, 'expected every class once'),
  /** Frames sampled from a clip, `n`. */
  frames: frameCount,
  sampling: z.enum(['uniform', 'even', 'centred', 'segment-random']).default('uniform'),
  transform: TransformConfig,
  /**
   * `kind` and the settings of that kind. A frozen one is no part of the model: it is opened beside it, and `weightsHash`
   * is the identity of the weights and the preprocessing that the model was trained on.
   */
  backbone: z.looseObject({
    kind: z.string().min(1),
    weightsHash: z.string().optional(),
    isFrozen: z.boolean().optional(),
    /** Channels of each scale that the features are stacked from, in their order. */
    scaleChannels: z.array(count).max(mostLayers).optional(),
    /** Where the cells of each scale look, in their order; how they were laid on each other, `tiles` where it is not said. */
    geometry: z.array(CellGeometry).min(1).max(mostLayers).optional(),
    alignment: Alignment.optional(),
    /** The precision of the stored features that the model was trained on; absent: half precision, as older stores have it. */
    stored: z.enum(['int8', 'float16', 'float32']).optional(),
  }),
  attention: AttentionSettings,
  /**
   * `averaged`: the mean of the logits of attention and of the plain mean, where the form has both (docs/architecture.md#training);
   * `evidence`: the pooled evidence, where the form has it.
   */
  answer: z.enum(['attention', 'averaged', 'evidence']).default('attention'),
  /** `r` of that pooling. */
  evidenceSharpness: positiveFactor.optional(),
  /**
   * What a logit means: the softmax shares a clip between its classes, the sigmoid tells every class by itself, which
   * clips of several classes ask for. Absent: `softmax`.
   */
  probabilities: ProbabilityForm.optional(),
  /** Whether the plain mean pool, which every head must justify itself against, is kept beside the head as `meanPool.*`. */
  meanPool: z.boolean().default(false),
  /** The maps of who acts beside the head, where the training found them (`foreground.*`, `actor.*`). */
  actors: ActorSettings.optional(),
  /** Features of one frame: `C`, `h`, `w`. */
  grid: z.strictObject({ channels: count, height: count, width: count }),
  /** How boxes and segments are read from the answer; `localize` knows its own options. */
  localize: z.record(z.string(), z.unknown()).default({}),
  /** What the training was and what it reached, for people and reports. */
  training: z.record(z.string(), z.unknown()).optional(),
});
/** The content of `config.json`. */
export type ModelConfig = z.infer<typeof ModelConfig>;

/** `value` checked and completed with defaults; the error names `path` and the place inside, as `config.json: attention.hidden`. */
export function parseModelConfig(value: unknown, path = 'config.json'): ModelConfig {
  const config = parseWith(ModelConfig, value, path);
  const { frames, transform } = config;
  if (clipFits(frames, transform.size)) return config;
  const received = `${frames} of ${transform.size.width} x ${transform.size.height}`;
  throw formatError(`${path}: frames`, clipTooLarge, received);
}

/** Checks `value` against any schema of this folder; throws one `format` error for all that is wrong. */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  path: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues;
  const inside = first!.path.join('.');
  const received = valueAt(value, first!.path);
  throw formatError(
    inside === '' ? path : `${path}: ${inside}`,
    first!.message,
    received === undefined ? undefined : JSON.stringify(received).slice(0, 80),
    others.length > 0 ? `also wrong: ${others.map((issue) => issue.path.join('.')).join(', ')}` : undefined,
    parsed.error,
  );
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined | null)?.[key],
    value,
  );
}
