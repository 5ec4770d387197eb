import { expect, test, vi } from 'vitest';
import { Pace } from '../../src/cli/pace.js';
import { openProgress, showRate, showSeconds, type Progress } from '../../src/cli/progress.js';
import { Shell } from '../../src/cli/shell.js';
import { TrainReporter } from '../../src/cli/trainReporter.js';
import type { LogRow, TrainEvent } from '../../src/train/index.js';

test('the rate counts what was made, and the time left is that of the rest as it went of late', () => {
  const pace = new Pace(0, 10); // ten of an earlier sitting
  expect([pace.rate, pace.secondsLeft(50)]).toEqual([0, Infinity]);
  pace.add(4000, 30, 10);
  expect([pace.rate, pace.secondsLeft(50)]).toEqual([5, 4]);
  pace.add(4000, 50, 30); // twenty more from a cache, in no time: half of what came cost nothing
  expect([pace.rate, pace.secondsLeft(90)]).toEqual([5, 4]);
  expect(pace.secondsLeft(50)).toBe(0);
  expect(['?', '75 s', '3 min', '2.5 h']).toEqual([Infinity, 75, 180, 9000].map(showSeconds));
  expect([showRate(0), showRate(0.3), showRate(0.04)]).toEqual([undefined, '0.3/s', '25 s each']);
});

test('what comes between units is no unit, and is counted again where it recurs', () => {
  const pace = new Pace(0);
  pace.rest(53_000, false); // the start of a training
  for (let step = 1; step <= 20; step++) pace.add(53_000 + 500 * step, step, 0);
  expect([pace.rate, pace.secondsLeft(40)]).toEqual([2, 10]);
  pace.rest(83_000, true); // 20 s of validation after 20 steps
  pace.add(83_500, 21, 0);
  expect(pace.rate).toBe(2);
  expect(pace.secondsLeft(41)).toBeCloseTo(20 * (0.5 + 20 / 21), 9);
});

/** Units with the seconds that each takes; several of no time are a burst, or lie in a cache. */
type Work = { seconds: number; isReused?: boolean }[];

const units = (count: number, unit: Work[number]): Work => Array.from({ length: count }, () => unit);

test.each<[string, Work]>([
  ['steady work', units(100, { seconds: 1 })],
  ['a slow first unit', [{ seconds: 60 }, ...units(500, { seconds: 1 })]],
  [
    'clips of a cache, and then others',
    [...units(200, { seconds: 0.01, isReused: true }), ...units(100, { seconds: 6 })],
  ],
  ['all from a cache', units(300, { seconds: 0.02, isReused: true })],
  [
    'every second clip from a cache',
    units(120, { seconds: 0 }).map((_, i) => (i % 2 ? { seconds: 4 } : { seconds: 0.01, isReused: true })),
  ],
  ['bursts of four', units(200, { seconds: 0 }).map((_, i) => ({ seconds: i % 4 === 0 ? 20 : 0.01 }))],
  [
    'epochs that end with validation',
    units(400, { seconds: 0 }).map((_, i) => ({ seconds: i % 20 === 0 && i > 0 ? 5 : 0.5 })),
  ],
  ['a machine that gets slower', units(300, { seconds: 0 }).map((_, i) => ({ seconds: 1 + i / 300 }))],
  ['more marks than are kept', units(5000, { seconds: 0.1 })],
])('the time left is never off by more than half after a tenth of units and time: %s', (_, work) => {
  const whole = work.reduce((sum, { seconds }) => sum + seconds, 0);
  const pace = new Pace(0);
  let [at, reused] = [0, 0];
  const wrong: string[] = [];
  for (const [i, unit] of work.entries()) {
    at += unit.seconds;
    reused += unit.isReused ? 1 : 0;
    pace.add(1000 * at, i + 1, reused);
    const [told, left] = [pace.secondsLeft(work.length), whole - at];
    const isNear = Math.abs(told - left) <= Math.max(left / 2, whole / 50);
    const isTold = at >= whole / 10 && i + 1 >= work.length / 10;
    if (isTold && !isNear) wrong.push(`${told} s told, ${left} s left after ${i + 1}`);
  }
  expect(wrong).toEqual([]);
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
      rest: (recurs) => this.calls.push(recurs ? 'rest' : 'start'),
      pause: () => this.calls.push('pause'),
      stop: () => this.calls.push('stop'),
    };
  }
}

test('from a cache no rate is told, and of work that may stop the time is told as the most', () => {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  vi.useFakeTimers({ toFake: ['performance'] });
  try {
    const cached = openProgress({ label: 'preparing', unit: 'clips', isJson: false });
    cached.update(0, 80);
    vi.advanceTimersByTime(4000);
    cached.update(40, 80, { reused: 40 });
    const training = openProgress({ label: 'training', unit: 'steps', isJson: false });
    training.update(0, 9, { mayStop: true });
    vi.advanceTimersByTime(30_000);
    training.update(1, 9, { mayStop: true });
  } finally {
    vi.useRealTimers();
    vi.restoreAllMocks();
  }
  expect(written).toEqual([
    'preparing: 40/80 clips, 4 s left\n',
    'training: 1/9 steps, 30 s each, at most 4 min left\n',
  ]);
});

test('one clock runs over all epochs of a sitting, from before its first step', () => {
  const shell = new Recorder();
  const reporter = new TrainReporter(shell);
  const sides = { classes: 2, trainingClips: 8, validationClips: 2, parameters: 9 };
  const step = { kind: 'step', epoch: 2, epochs: 3, step: 1, steps: 4, loss: 1, learningRate: 0.1 } as const;
  const row: LogRow = {
    ...{ epoch: 2, steps: 4, learningRate: 0.1, losses: { total: 1 } },
    ...{ validation: null, isBest: false, seconds: 7 },
  };
  const leftOut = { kind: 'leftOut', path: 'a.txt', reason: 'not a clip' } as const;
  const events: TrainEvent[] = [
    leftOut,
    { kind: 'prepare', done: 0, total: 10, reused: 0, frames: 0 },
    { kind: 'start', ...sides, epochs: 3, steps: 4, epochsDone: 1 },
    step,
    leftOut, // any sentence in the middle of the work
    { ...step, step: 2 },
    { kind: 'epoch', epochs: 3, row },
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
    'pause',
    'rest', // what validation took is no step's time
    'say epoch 2/3: loss 1.0000, 7 s',
    'stop',
  ]);
});
