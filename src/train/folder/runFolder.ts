// What a run leaves in its folder: the best model, a log line, events and samples an epoch, the place to go on from. Each
// file appears whole or not at all.
import { join } from 'node:path';
import { writeAtomically } from '../../atomicFile.js';
import type { Lock } from '../../lock.js';
import { writeLearnt } from '../../savedModel/learntClips.js';
import { writeModelFolder } from '../../savedModel/index.js';
import type { Batches } from '../../store/batches.js';
import { runFiles, type EpochRow, type RunFacts } from '../../epoch.js';
import type { Tensors } from '../../tensor.js';
import type { TrainListener } from '../events.js';
import { writeCheckpoint, type RunState } from './checkpoint.js';
import { readHeldOut, writeHeldOut } from './heldOut.js';
import { appendLog, isBehind, lackingLines, trimLog } from './log.js';
import { withMeanAnswers, type HeldAnswers } from '../run/heldAnswers.js';
import { termWeights, type Programs } from '../run/programs.js';
import type { BestEpoch, KeptParts, RunKeeper, Standing } from '../run/runKeeper.js';
import { trainedModel } from '../run/trainedModel.js';
import { appendSamples, takeSamples, trimSamples } from './samples.js';
import type { Steering } from '../run/steering.js';
import type { TrainingData } from '../trainingData.js';
import { appendEvent, startEvents } from './tensorBoard.js';
import { trimTimes } from './times.js';

/** What a folder is written by. */
export interface FolderParts {
  programs: Programs;
  steering: Steering;
  /** Holds the folder for this process alone. */
  lock: Lock;
  /** All clips of the training, whichever of them a run learns from. */
  data: Pick<TrainingData, 'store' | 'hash'>;
  listen: TrainListener;
}

/** The folder of one run. */
export class RunFolder implements RunKeeper {
  readonly #parts: KeptParts;
  readonly #programs: Programs;
  readonly #steering: Steering;
  readonly #lock: Lock;
  readonly #data: FolderParts['data'];
  readonly #listen: TrainListener;

  constructor(parts: KeptParts, { programs, steering, lock, data, listen }: FolderParts) {
    this.#parts = parts;
    this.#programs = programs;
    this.#steering = steering;
    this.#lock = lock;
    this.#data = data;
    this.#listen = listen;
  }

  /** Drops what was written after epoch `last`, and with -1 everything of an earlier run. */
  async begin(last: number): Promise<void> {
    const { out } = await this.#held();
    const { isRefit } = this.#steering.mark;
    const rows = await trimLog(out, last, isRefit);
    await startEvents(out, rows);
    this.#tellLacking(runFiles.log, rows, last);
    this.#tellLacking(runFiles.samples, await trimSamples(out, last, isRefit), last);
    await trimTimes(out, (place) => isBehind(place, last, isRefit ?? false));
  }

  /** The row of an epoch, and for those who watch what the model now says of a few clips of `batches`. */
  async endEpoch(row: EpochRow, batches: Batches): Promise<void> {
    const { out, recipe, data } = await this.#held();
    const { classes } = data.dataset;
    const isDistribution = recipe.attention.form === 'joint';
    const clips = await takeSamples(this.#programs.validate, batches, { classes, isDistribution });
    await appendSamples(out, { epoch: row.epoch, ...this.#steering.mark, clips });
    await appendEvent(out, row);
    await appendLog(out, row);
  }

  /** How far the run is, for those who watch it. */
  async tellPlace(epoch: number, isDone: boolean): Promise<void> {
    const { out, recipe } = await this.#held();
    const facts: RunFacts = {
      ...{ version: 1, epochs: this.#steering.epochs, epoch, isDone },
      losses: termWeights(recipe),
    };
    await writeAtomically(join(out, runFiles.facts), `${JSON.stringify(facts)}\n`);
  }

  /** Keeps the model of `epoch` with what it reached on held-out clips; its identity. */
  async keepBest(state: Tensors, best: BestEpoch): Promise<string> {
    const parts = await this.#held();
    const { out, data } = parts;
    const answered = await readHeldOut(out);
    const [programs, steering] = [this.#programs, this.#steering];
    const model = trainedModel(state, { ...best, parts, programs, steering, answered });
    await writeLearnt(out, { training: data.train, validation: data.validation }, this.#data.store);
    return writeModelFolder(out, model);
  }

  /** What the model of `epoch`, the best so far, answered for the held-out clips. */
  async keepAnswers(epoch: number, { answers }: HeldAnswers): Promise<void> {
    await writeHeldOut((await this.#held()).out, { epoch, answers });
  }

  /** What the mean pool answered for them. */
  async keepMeanAnswers(means: HeldAnswers): Promise<void> {
    const { out } = await this.#held();
    const held = await readHeldOut(out);
    if (held) await writeHeldOut(out, withMeanAnswers(held, means));
  }

  /** The place to go on from. */
  async save(state: Tensors, standing: Standing): Promise<void> {
    const { out, recipe, data, runtime } = await this.#held();
    const run: RunState = {
      ...{ version: 1, recipe, threads: runtime.threads, device: runtime.device },
      ...{ classes: data.dataset.classes, clips: this.#data.hash },
      ...standing,
      isDone: standing.isDone && this.#steering.isLast,
      ...this.#steering.kept,
    };
    await writeCheckpoint(out, { run, state });
  }

  /** Epochs that the run has behind it and whose lines a disk has lost: they are not made again. */
  #tellLacking(file: string, lines: readonly { epoch: number; isRefit?: true }[], last: number): void {
    const lacking = lackingLines(lines, last, this.#steering.mark.isRefit);
    if (lacking === 0) return;
    this.#listen({ kind: 'note', text: `${file} lacks ${lacking} of ${last} epochs: it was damaged` });
  }

  /** The parts, for whoever is about to write: nothing is written into a folder that another process took over. */
  async #held(): Promise<KeptParts> {
    await this.#lock.requireHeld();
    return this.#parts;
  }
}
