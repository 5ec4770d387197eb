// The folders with reference numbers, and what a case says, as settings of our own.
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import {
  LossSettings,
  OptimiserSettings,
  parseModelConfig,
  type ModelConfig,
} from '../../src/model/index.js';
import { parseWith } from '../../src/model/config.js';

/** The folder that holds the cases: `WHEREWHEN_REFERENCE`, or the project's own beside the checkout. */
export const referenceFolder = resolve(process.env.WHEREWHEN_REFERENCE ?? '../shared/reference');

/** The case folders in `folder`, or `folder` itself where it is a case; empty when it is absent. */
export function findCases(folder = referenceFolder): string[] {
  if (!existsSync(folder)) return [];
  if (existsSync(join(folder, 'case.json'))) return [folder];
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'case.json')));
}

const size = z.number().int().min(0);

const Case = z.looseObject({
  videos: size,
  frames: size,
  channels: size,
  height: size,
  width: size,
  maskChannels: z.tuple([size, size]).optional(),
  startChannels: size.optional(),
  hidden: size,
  classes: size,
  scoreWidth: size.optional(),
  contextFrames: size.optional(),
  temporal: z.enum(['pooled', 'recurrent', 'joint']),
  score: z.string(),
  unimodal: z.enum(['sum', 'sqrt']),
  lambda: z.looseObject({ tv: z.number(), contrast: z.number(), unimodal: z.number() }),
  optimizer: z.looseObject({
    name: z.string(),
    learningRate: z.number(),
    momentum: z.number().optional(),
    weightDecay: z.number().default(0),
  }),
  steps: size,
});
type Case = z.infer<typeof Case>;

/** A case in our own words. */
export interface CaseSettings {
  clips: number;
  steps: number;
  learningRate: number;
  config: ModelConfig;
  losses: LossSettings;
  optimiser: OptimiserSettings;
}

/** Reads the content of `case.json`. */
export function readCase(json: unknown, path: string): CaseSettings {
  const one = parseWith(Case, json, path);
  const { name, momentum, weightDecay, learningRate } = one.optimizer;
  return {
    clips: one.videos,
    steps: one.steps,
    learningRate,
    config: configOf(one, path),
    losses: LossSettings.parse({
      totalVariation: one.lambda.tv,
      contrast: one.lambda.contrast,
      unimodal: one.lambda.unimodal,
      unimodalForm: one.unimodal,
    }),
    optimiser: parseWith(
      OptimiserSettings,
      { name, weightDecay, ...(name === 'sgd' ? { momentum } : {}) },
      `${path}: optimizer`,
    ),
  };
}

function configOf(one: Case, path: string): ModelConfig {
  const { hidden, scoreWidth, contextFrames, maskChannels, startChannels } = one;
  const attention = {
    joint: { form: 'joint', hidden, scoreWidth, contextFrames },
    pooled: { form: 'pooled', hidden, maskChannels },
    recurrent: {
      form: `recurrent-${one.score}`,
      hidden,
      maskChannels,
      startChannels,
      ...(one.score === 'tanh' ? { scoreWidth } : {}),
    },
  }[one.temporal];
  const config = {
    version: 1,
    classes: Array.from({ length: one.classes }, (_, k) => `class ${k}`),
    frames: one.frames,
    transform: { size: { width: 1, height: 1 } },
    backbone: { kind: 'features' },
    attention,
    grid: { channels: one.channels, height: one.height, width: one.width },
  };
  return parseModelConfig(config, path);
}
