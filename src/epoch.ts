// The lines of a training's logs: `log.jsonl`, a row an epoch, and `samples.jsonl`, what the model of an epoch said
// of a few clips. The trainer writes them; report, server and viewer read them.
import { z } from 'zod';

/** What an epoch did. Losses are means over its steps, `total` with and the terms without their weights. */
export const EpochRow = z.object({
  /** From 1, as people count; 0 is the model before its first step. */
  epoch: z.number().int(),
  steps: z.number().int(),
  learningRate: z.number(),
  losses: z.record(z.string(), z.number()),
  /** In the second part of a run, on all clips. */
  isRefit: z.literal(true).optional(),
  /** null where nothing is held out. */
  validation: z
    .object({
      accuracy: z.number(),
      crossEntropy: z.number(),
      clips: z.number().int(),
      /** Over the classes, where clips have several. */
      mAP: z.number().optional(),
    })
    .nullable(),
  isBest: z.boolean(),
  /** Of computing, over all sittings of the run; in files of a run they lie in `times.jsonl`, not in the row. */
  seconds: z.number().optional(),
});
export type EpochRow = z.infer<typeof EpochRow>;

/** One clip: its class, the answer, when-weights `[frames]`, masks `[frames, height, width]` in 0..1 as bytes, base64. */
export const EpochSample = z.object({
  clip: z.string(),
  label: z.string(),
  answer: z.string(),
  probability: z.number(),
  weights: z.array(z.number()),
  height: z.number().int(),
  width: z.number().int(),
  masks: z.string(),
});
export type EpochSample = z.infer<typeof EpochSample>;

/** A line of `samples.jsonl`. */
export const EpochSamples = z.object({
  epoch: z.number().int(),
  isRefit: z.literal(true).optional(),
  clips: z.array(EpochSample),
});
export type EpochSamples = z.infer<typeof EpochSamples>;

/** Where a run stands: `run.json`, written when it starts and after each epoch. `losses` are the weights of its terms. */
export const RunFacts = z.object({
  version: z.literal(1),
  epochs: z.number().int(),
  epoch: z.number().int(),
  isDone: z.boolean(),
  losses: z.record(z.string(), z.number()),
});
export type RunFacts = z.infer<typeof RunFacts>;

/** Names of a run's files in the model folder. */
export const runFiles = {
  log: 'log.jsonl',
  samples: 'samples.jsonl',
  facts: 'run.json',
  times: 'times.jsonl',
} as const;
