// What a run leaves in its folder: the best model, a log line, events and samples an epoch, the place to go on from. Each
// file appears whole or not at all.
import { join } from 'node:path';
import { classIndicesOf } from '../dataset/clips.js';
import { writeAtomically } from '../atomicFile.js';
import { writeLearnt } from '../savedModel/learntClips.js';
import { writeModelFolder } from '../savedModel/index.js';
import type { Batches } from '../store/batches.js';
import { runFiles, type RunFacts } from '../epoch.js';
import type { Tensors } from '../tensor.js';
import { writeCheckpoint, type RunState } from './checkpoint.js';
import { appendLog, trimLog, type LogRow } from './log.js';
import { modelTensors, termWeights, type Programs } from './programs.js';
import { hasRefit } from './refit.js';
import type { RunParts } from './runParts.js';
import { appendSamples, takeSamples, trimSamples } from './samples.js';
import type { Score } from './schedule.js';
import { appendEvent, startEvents } from './tensorBoard.js';

/** Where a run stands: what its checkpoint says beyond the parts of the run. */
export type Standing = Pick<RunState, 'position' | 'course' | 'sums' | 'seconds' | 'model' | 'isDone'>;

/** The folder of one part of a run. */
export class RunFolder {
  readonly #parts: RunParts;
  readonly #programs: Programs;

  constructor(parts: RunParts, programs: Programs) {
    this.#parts = parts;
    this.#programs = programs;
  }

  /** Drops what was written after epoch `last`, and with -1 everything of an earlier run. */
  async begin(last: number): Promise<void> {
    const { out, chosen } = await this.#held();
    await startEvents(out, await trimLog(out, last, chosen !== undefined));
    await trimSamples(out, last, chosen !== undefined);
  }

  /** The row of an epoch, and for those who watch what the model now says of a few clips of `batches`. */
  async endEpoch(row: LogRow, batches: Batches): Promise<void> {
    const { out, recipe, material, chosen } = await this.#held();
    const { classes } = material.dataset;
    const isDistribution = recipe.attention.form === 'joint';
    const clips = await takeSamples(this.#programs.validate, batches, { classes, isDistribution });
    await appendSamples(out, { epoch: row.epoch, ...(chosen && { isRefit: true }), clips });
    await appendEvent(out, row);
    await appendLog(out, row);
  }

  /** How far the run is, for those who watch it. */
  async tellPlace(epoch: number, isDone: boolean): Promise<void> {
    const { out, recipe, chosen } = await this.#held();
    const facts: RunFacts = {
      ...{ version: 1, epochs: chosen?.epoch ?? recipe.epochs, epoch, isDone },
      losses: termWeights(recipe),
    };
    await writeAtomically(join(out, runFiles.facts), `${JSON.stringify(facts)}\n`);
  }

  /** Keeps the model of `epoch` with what it reached on held-out clips; its identity. */
  async keepBest(
    state: Tensors,
    { epoch, validation }: { epoch: number; validation: (Score & { clips: number }) | null },
  ): Promise<string> {
    const { out, recipe, material, chosen } = await this.#held();
    const classCounts = material.dataset.classes.map(
      (_, k) => material.train.filter((clip) => classIndicesOf(clip).includes(k)).length,
    );
    const held = chosen ? { ...chosen.score, clips: chosen.clips } : validation;
    const config = {
      ...this.#programs.config,
      training: { epoch, classCounts, validation: held, recipe },
    };
    const { train: training, validation: others, store } = material;
    await writeLearnt(out, { training, validation: others }, store);
    const tensors = { ...modelTensors(state, this.#programs), ...this.#parts.actors?.tensors };
    return writeModelFolder(out, { config, tensors });
  }

  /** The place to go on from. */
  async save(state: Tensors, standing: Standing): Promise<void> {
    const { out, recipe, material, runtime, chosen } = await this.#held();
    const run: RunState = {
      ...{ version: 1, recipe, threads: runtime.threads, device: runtime.device },
      ...{ classes: material.dataset.classes, clips: material.hash },
      ...standing,
      isDone: standing.isDone && (chosen !== undefined || !hasRefit(recipe, material)),
      ...(chosen && { chosen }),
    };
    await writeCheckpoint(out, { run, state });
  }

  /** The parts, for whoever is about to write: nothing is written into a folder that another process took over. */
  async #held(): Promise<RunParts> {
    await this.#parts.lock.requireHeld();
    return this.#parts;
  }
}
