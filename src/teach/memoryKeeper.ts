// What a run makes, kept in memory: the best model, its answers for held-out takes, the rows of its epochs.
import type { EpochRow } from '../epoch.js';
import type { ModelConfig } from '../model/index.js';
import type { Tensors } from '../tensor.js';
import { withMeanAnswers, type HeldOut } from '../train/run/heldAnswers.js';
import type { KeeperOf } from '../train/run/runKeeper.js';
import { trainedModel } from '../train/run/trainedModel.js';

/** What a training left. */
export interface Kept {
  model?: { config: ModelConfig; tensors: Tensors };
  /** Answers of the chosen epoch for held-out takes, the mean pool's beside them. */
  answered?: HeldOut;
  rows: EpochRow[];
}

/** Keeps everything in `kept`. */
export function memoryKeeper(kept: Kept): KeeperOf {
  return (parts, programs, steering) => ({
    begin: async () => {},
    async endEpoch(row) {
      kept.rows.push(row);
    },
    tellPlace: async () => {},
    async keepBest(state, best) {
      kept.model = trainedModel(state, { ...best, parts, programs, steering, answered: kept.answered });
      return 'in memory';
    },
    async keepAnswers(epoch, { answers }) {
      kept.answered = { epoch, answers };
    },
    async keepMeanAnswers(means) {
      if (kept.answered) kept.answered = withMeanAnswers(kept.answered, means);
    },
    save: async () => {},
  });
}
