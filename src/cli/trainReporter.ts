// Says what happens while a training run works: a bar or lines for the long stages, a sentence for the rest.
import type { TrainEvent } from '../train/index.js';
import { showFrameRate, showSeconds, type Progress } from './progress.js';
import type { Shell } from './shell.js';

/** Says what happens while a run works. */
export class TrainReporter {
  readonly #shell: Shell;
  #stepsBefore = 0;
  #mayStop = false;
  #progress: Progress | undefined;
  #stage = '';
  #stageStartedAt = 0;

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  /** Takes one event of the run. */
  report(event: TrainEvent): void {
    if (event.kind === 'prepare') {
      const { done, total, reused, frames } = event;
      const progress = this.#show('preparing', 'clips');
      progress.update(done, total, { reused, note: showFrameRate(frames, this.#stageStartedAt) });
    } else if (event.kind === 'foreground') {
      this.#show('seeking what moves', 'clips').update(event.done, event.total);
    } else if (event.kind === 'looks') {
      this.#show('comparing looks', 'clips').update(event.done, event.total);
    } else if (event.kind === 'mosaics') {
      this.#show('seeing mosaics', 'mosaics').update(event.done, event.total);
    } else if (event.kind === 'squares') {
      this.#show('looking closer', 'clips').update(event.done, event.total);
    } else if (event.kind === 'actors') {
      this.#show('looking at actors', 'clips').update(event.done, event.total);
    } else if (event.kind === 'step') {
      const note = `epoch ${event.epoch}/${event.epochs}, loss ${event.loss.toFixed(3)}`;
      const done = (event.epoch - 1) * event.steps + event.step;
      this.#show('training', 'steps').update(done, event.epochs * event.steps, {
        note,
        reused: this.#stepsBefore,
        mayStop: this.#mayStop,
      });
    } else {
      if (event.kind === 'start' || event.kind === 'broken') this.end();
      else this.#progress?.pause();
      if (event.kind === 'epoch') this.#progress?.rest(event.row.epoch > 0);
      this.#shell.report(event, sentence(event));
      if (event.kind === 'start') this.#begin(event);
    }
  }

  /** The clock of the rate starts before the first step. */
  #begin({ epochsDone, epochs, steps, mayStop }: Extract<TrainEvent, { kind: 'start' }>): void {
    this.#mayStop = mayStop === true;
    const done = epochsDone * steps;
    this.#stepsBefore = done;
    if (epochsDone < epochs) this.#show('training', 'steps').update(done, epochs * steps, { reused: done });
  }

  /** Takes the bar away. */
  end(): void {
    this.#progress?.stop();
    this.#progress = undefined;
    this.#stage = '';
  }

  #show(stage: string, unit: string): Progress {
    if (this.#progress && this.#stage === stage) return this.#progress;
    this.end();
    this.#stage = stage;
    this.#stageStartedAt = performance.now();
    this.#progress = this.#shell.progress(stage, unit);
    return this.#progress;
  }
}

function sentence(
  event: Exclude<
    TrainEvent,
    { kind: 'prepare' | 'step' | 'foreground' | 'looks' | 'mosaics' | 'squares' | 'actors' }
  >,
): string {
  if (event.kind === 'note' || event.kind === 'groups') return event.text;
  if (event.kind === 'leftOut') return `left out: ${event.path} (${event.reason})`;
  if (event.kind === 'broken') return `left out: ${event.error.message}`;
  if (event.kind === 'warning') return `warning: ${event.clip}: ${event.text}`;
  if (event.kind === 'stopped')
    return `stopped after epoch ${event.epoch}: no better validation since epoch ${event.bestEpoch}`;
  if (event.kind === 'start') {
    const { classes, trainingClips, validationClips, parameters, epochsDone } = event;
    const before = epochsDone > 0 ? `, going on after epoch ${epochsDone}` : '';
    if (event.isRefit)
      return `training anew on all ${trainingClips} clips, for ${event.epochs} epochs as the held-out ones chose${before}`;
    return `${classes} classes, ${trainingClips} clips to learn from, ${validationClips} held out, ${parameters} parameters${before}`;
  }
  const { epoch, losses, validation, seconds, isBest } = event.row;
  const { mAP } = validation ?? {};
  const several = mAP === undefined ? '' : `, mAP ${mAP.toFixed(3)}`;
  const held = validation ? `, held-out accuracy ${validation.accuracy.toFixed(3)}${several}` : '';
  return `epoch ${epoch}/${event.epochs}: ${losses.total === undefined ? 'the start' : `loss ${losses.total.toFixed(4)}`}${held}, ${showSeconds(seconds)}${isBest && validation ? ', best so far' : ''}`;
}
