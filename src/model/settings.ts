// Pieces of settings that several forms share, with the paper's sizes as defaults.
import { z } from 'zod';
import { count, mostLayers } from '../bounds.js';

export { count };

/** The mask network, and whether there is one. */
export const maskSettings = {
  /** Channels of its hidden layers: two make the paper's three layers, none a single convolution. */
  maskChannels: z.array(count).max(mostLayers).default([1024, 512]),
  /** Edge of its kernels; with 1 a cell's mask hangs on the cell alone. */
  maskKernel: count.refine((edge) => edge % 2 === 1, 'expected an odd number').default(3),
  /** Without spatial attention every mask is 1. */
  isMasked: z.boolean().default(true),
};
/** The mask network, and whether there is one. */
export interface MaskSettings {
  maskChannels: readonly number[];
  maskKernel: number;
  isMasked: boolean;
}

/** Channels that the features are projected to before the head sees them (docs/architecture.md#model: 256); none if left out. */
export const projection = count.optional();

/** Without temporal attention every frame weighs the same and there are no score parameters. */
export const isWeighted = z.boolean().default(true);

/** Whether the head sees the places of whoever acts alone (attention/onActor.ts); by default it sees the whole picture. */
export const isOnActor = z.boolean().optional();

/** What a logit means: `softmax`, one class a clip or shares of several; `sigmoid`, every class by itself. */
export const ProbabilityForm = z.enum(['softmax', 'sigmoid']);
/** What a logit means. */
export type ProbabilityForm = z.infer<typeof ProbabilityForm>;
