// What a run works with, and how it ended.
import type { BackboneSettings, FeatureExtractor } from '../../backbone/index.js';
import type { ActorViews } from '../actors/learnt.js';
import type { TrainListener } from '../events.js';
import type { Tensors } from '../../tensor.js';
import type { KeeperOf, KeptParts } from './runKeeper.js';
import type { LeftOutScore } from './leftOut.js';
import type { ProgramCache } from './programCache.js';
import type { EpochScore } from './schedule.js';
import type { SumsOf } from '../start/clipSums.js';
import type { StartModel } from '../start/startFromModel.js';
import type { Grouping } from '../groups/groupClips.js';
import type { HeldFigures } from './heldFigures.js';

/** How a run ended. */
export interface TrainSummary {
  status: 'done' | 'interrupted';
  folder: string;
  classes: string[];
  clips: { training: number; validation: number; broken: number; leftOut: number };
  parameters: number;
  /** Epochs behind the run, over all its sittings. */
  epochs: number;
  /** The epoch that was chosen, from 1, and what it reached on held-out clips; null before the first. */
  best: (EpochScore & { epoch: number }) | null;
  /** Identity of the model; null before the first epoch ended. */
  model: string | null;
  /** Of computing, over all sittings. */
  seconds: number;
  /** What the mean pool, kept beside the head, reaches on the held-out clips. */
  meanPool?: EpochScore;
  /** Of the chosen epoch on the held-out clips, with intervals, a guess and the mean pool beside it; once the run is done. */
  heldOut?: HeldFigures;
  /** How the clips were grouped; absent where the run ended before they were. */
  grouping?: Grouping;
  /** One of its clips, held out where any is: what to try the model on. */
  example?: string;
  /** The clips that the model was trained on anew, once the epoch was chosen. */
  refit?: { clips: number };
  /** On the group that was left out, once the run is done. */
  leftOut?: LeftOutScore;
}

/** What a run works with. */
export interface RunParts extends KeptParts {
  keeperOf: KeeperOf;
  /** Where the actor of each clip is, and how it moves, for heads that look at it. */
  views?: ActorViews;
  /** Sums of the features of a clip, where they are known: the start then reads none. */
  sums?: SumsOf;
  /** Programs that are compiled already. */
  programs?: ProgramCache;
  /** The frozen front, where frames go through it at every step. */
  front?: FeatureExtractor;
  /** Seconds of computing after which a checkpoint is written within an epoch too. */
  saveSeconds?: number;
  /** A model to go on from, instead of from the mean pool alone. */
  start?: StartModel;
  /** Reads the weights that trained stages of a backbone start from. */
  readParameters?: (backbone: BackboneSettings) => Promise<Tensors>;
  signal?: AbortSignal;
  listen: TrainListener;
}
