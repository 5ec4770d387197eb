import { expect, test, vi } from 'vitest';
import { estimate, openProgress, showSeconds, type Progress } from '../../src/cli/progress.js';
import { Shell } from '../../src/cli/shell.js';
import { TrainReporter } from '../../src/cli/trainReporter.js';
import type { TrainEvent } from '../../src/train/index.js';

test('the rate counts what was made in this sitting, and the time left is that of the rest', () => {
  expect(estimate(30, 50, { reused: 10, seconds: 4 })).toEqual({ rate: 5, secondsLeft: 4 });
  expect(estimate(10, 50, { reused: 10, seconds: 4 })).toEqual({ rate: 0, secondsLeft: Infinity });
  expect(estimate(50, 50, { reused: 50, seconds: 0 })).toEqual({ rate: 0, secondsLeft: 0 });
  expect(['?', '75 s', '3 min', '2.5 h']).toEqual([Infinity, 75, 180, 9000].map(showSeconds));
});

test('elsewhere than on a terminal a plain line comes every few seconds, and the last one always', () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const progress = openProgress({ label: 'decoding', unit: 'clips', isJson: false });
    for (let done = 1; done <= 8; done++) {
      vi.advanceTimersByTime(1000);
      progress.update(done, 8);
    }
    progress.stop();
  } finally {
    vi.useRealTimers();
    vi.restoreAllMocks();
  }
  expect(written).toEqual([
    'decoding: 3/8 clips, 1.0/s, 5 s left\n',
    'decoding: 6/8 clips, 1.0/s, 2 s left\n',
    'decoding: 8/8 clips, 1.0/s, 0 s left\n',
  ]);
});

/** Writes down what a run is shown as. */
class Recorder extends Shell {
  readonly calls: string[] = [];

  override report(_: object, text?: string): void {
    this.calls.push(`say ${text}`);
  }

  override progress(label: string): Progress {
    this.calls.push(`open ${label}`);
    return {
      update: (done, total, { reused = 0 } = {}) =>
        this.calls.push(`${label} ${done}/${total}, ${reused} before`),
      pause: () => this.calls.push('pause'),
      stop: () => this.calls.push('stop'),
    };
  }
}

test('one clock runs over all epochs of a sitting, from before its first step', () => {
  const shell = new Recorder();
  const reporter = new TrainReporter(shell);
  const sides = { classes: 2, trainingClips: 8, validationClips: 2, parameters: 9 };
  const step = { kind: 'step', epoch: 2, epochs: 3, step: 1, steps: 4, loss: 1, learningRate: 0.1 } as const;
  const leftOut = { kind: 'leftOut', path: 'a.txt', reason: 'not a clip' } as const;
  const events: TrainEvent[] = [
    leftOut,
    { kind: 'prepare', done: 0, total: 10, reused: 0, frames: 0 },
    { kind: 'start', ...sides, epochs: 3, steps: 4, epochsDone: 1 },
    step,
    leftOut, // any sentence in the middle of the work
    { ...step, step: 2 },
  ];
  for (const event of events) reporter.report(event);
  reporter.end();
  expect(shell.calls).toEqual([
    'say left out: a.txt (not a clip)',
    'open preparing',
    'preparing 0/10, 0 before',
    'stop',
    'say 2 classes, 8 clips to learn from, 2 held out, 9 parameters, going on after epoch 1',
    'open training',
    'training 4/12, 4 before',
    'training 5/12, 4 before',
    'pause',
    'say left out: a.txt (not a clip)',
    'training 6/12, 4 before',
    'stop',
  ]);
});
