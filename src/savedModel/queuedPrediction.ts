// What workers need to answer as this process would: the settings of a queued prediction, and the work that they make.
import { resolve } from 'node:path';
import { hashOf, type QueuedWork } from '../scale/index.js';
import type { OpenModelOptions } from './openModel.js';

/** Settings of a queued prediction; paths are absolute. */
export interface QueuedPrediction {
  model: string;
  open: Pick<OpenModelOptions, 'backboneFile' | 'localize' | 'precision'>;
  ask: string[];
  looks?: 1 | 2;
  windows?: number;
  cache?: string;
  /** Features that the training left in the model folder are taken from there. */
  isBeside?: boolean;
}

/** The work of single questions to a model. */
export function questionsOf(
  model: string,
  { backboneFile, localize, precision }: OpenModelOptions = {},
): QueuedWork {
  const file = backboneFile === undefined ? undefined : resolve(backboneFile);
  const open = { localize, precision, backboneFile: file };
  const settings: QueuedPrediction = { model: resolve(model), open, ask: [], isBeside: true };
  return { id: hashOf('question', JSON.stringify(settings)).slice(0, 20), kind: 'predict', settings };
}
