// How far a run is: the epoch and step, the losses of the open epoch, seconds, the model that is kept.
import type { LossSums, RunState } from '../folder/checkpoint.js';
import type { Figures, Position } from './makeStep.js';

/** How far one sitting of a run is. */
export class RunProgress {
  /** Epochs behind the run. */
  epoch = 0;
  /** Steps behind the open epoch. */
  step = 0;
  /** Sums of the loss terms over them. */
  sums: LossSums = {};
  /** Identity of the model that is kept. */
  model: string | null = null;
  /** Steps of an epoch. */
  readonly steps: number;
  #secondsBefore: number;
  #startedAt = performance.now();

  constructor(steps: number, secondsBefore: number) {
    this.steps = steps;
    this.#secondsBefore = secondsBefore;
  }

  /** Goes on where a checkpoint was written. */
  restore({ position, sums, seconds, model }: RunState): void {
    this.epoch = position.epoch;
    this.step = position.step;
    this.sums = sums;
    this.model = model;
    this.#secondsBefore = seconds;
  }

  /** The clock of this sitting starts now. */
  start(): void {
    this.#startedAt = performance.now();
  }

  /** Of computing, over all sittings. */
  get seconds(): number {
    return this.#secondsBefore + (performance.now() - this.#startedAt) / 1000;
  }

  /** Epochs behind the run, with the part of the open one. */
  get epochsDone(): number {
    return this.epoch + this.step / this.steps;
  }

  /** Steps behind the run. */
  get total(): number {
    return this.epoch * this.steps + this.step;
  }

  /** What every draw of the next step is made from, beside the seed. */
  get position(): Position {
    return { epoch: this.epoch, step: this.step, total: this.total };
  }

  /** Adds the figures of a batch; `batches` make a step, of which the last alone has the norm of the gradient. */
  add(figures: Figures, batches: number): void {
    for (const [name, value] of Object.entries(figures)) {
      const term = name.replace(/^loss\./, '');
      const share = name === 'gradientNorm' ? batches : 1;
      this.sums[term] = (this.sums[term] ?? 0) + share * value;
    }
  }

  /** Means of the loss terms over the epoch. */
  get losses(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.sums).map(([name, sum]) => [name, sum / this.steps]));
  }

  /** `epoch` lies behind the run. */
  endEpoch(epoch: number): void {
    this.epoch = epoch;
    this.step = 0;
    this.sums = {};
  }
}
