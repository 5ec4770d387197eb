// What a training run tells while it works. The command line prints it, a server may send it on.
import type { WhereWhenError } from '../errors.js';
import type { LogRow } from './folder/log.js';
import type { Grouping } from './groups/groupClips.js';

/** One thing that happened. Epochs and steps count from 1. */
export type TrainEvent =
  | { kind: 'note'; text: string }
  | { kind: 'leftOut'; path: string; reason: string }
  /** How clips are grouped: those of one group stay on one side of every split. */
  | ({ kind: 'groups'; text: string } & Grouping)
  | { kind: 'prepare'; done: number; total: number; reused: number; frames: number }
  /** Clips in which what moves was sought, clips that both looks were compared on, and mosaics that were made: what is learnt of who acts. */
  | { kind: 'foreground'; done: number; total: number }
  | { kind: 'looks'; done: number; total: number }
  | { kind: 'mosaics'; done: number; total: number }
  /** Clips that were looked at closer, for what things are called. */
  | { kind: 'squares'; done: number; total: number }
  /** Clips whose actor was found and whose flow is known. */
  | { kind: 'actors'; done: number; total: number }
  | { kind: 'broken'; clip: string; error: WhereWhenError }
  | { kind: 'warning'; clip: string; text: string }
  | {
      kind: 'start';
      classes: number;
      trainingClips: number;
      validationClips: number;
      parameters: number;
      epochs: number;
      steps: number;
      /** Epochs that a resumed run has behind it. */
      epochsDone: number;
      /** Held-out clips may end it before its last epoch. */
      mayStop?: boolean;
      /** The second part of a run, which trains anew on all clips. */
      isRefit?: true;
    }
  | {
      kind: 'step';
      epoch: number;
      step: number;
      steps: number;
      epochs: number;
      loss: number;
      learningRate: number;
    }
  | { kind: 'epoch'; row: LogRow; epochs: number }
  | { kind: 'stopped'; epoch: number; bestEpoch: number };

/** Takes what happens. */
export type TrainListener = (event: TrainEvent) => void;
