import { expect, it } from 'vitest';
import { endLines, nextCommands } from '../../src/cli/trainEnd.js';
import type { TrainSummary } from '../../src/train/index.js';

const summary: TrainSummary = {
  ...{
    status: 'done',
    folder: 'out/m',
    classes: ['run', 'walk'],
    parameters: 9,
    epochs: 6,
    model: 'abc',
    seconds: 61,
  },
  clips: { training: 50, validation: 20, broken: 0, leftOut: 0 },
  best: { accuracy: 0.9, crossEntropy: 0.4, epoch: 3 },
  meanPool: { accuracy: 0.85, crossEntropy: 0.5 },
  refit: { clips: 70 },
  heldOut: {
    ...{ clips: 20, groups: 2, drawn: 'groups', accuracy: 0.9, chance: 0.5 },
    interval: { low: 0.8, high: 1, level: 0.95 },
    meanPool: { accuracy: 0.85, interval: { low: 0.7, high: 0.95, level: 0.95 } },
    confused: [{ truth: 'run', answer: 'walk', clips: 2, of: 10 }],
  },
  grouping: {
    by: 'names',
    how: 'the text before the class in their names',
    groups: 7,
    clips: 70,
    examples: ['anna'],
  },
  example: 'my clips/run/anna_run.mp4',
};

it('the end says the accuracy with its interval beside mean pool and guess, what is confused, and how clips are grouped', () => {
  expect(endLines(summary)).toEqual([
    'out/m: held-out accuracy 0.900 (mean pool 0.850) on 20 clips, best epoch 3 of 6, then trained anew on all 70 clips, 61 s',
    'other clips are named rightly 90 % of the time (80 to 100 % with 95 % confidence, by 2 groups of clips), mean pool 85 % (70 to 95 %), by guessing 50 %',
    'most often taken: "run" for "walk" (2 of 10 clips)',
    'grouped: 70 clips in 7 groups, by the text before the class in their names, each on one side; --group REGEX groups them otherwise',
  ]);
});

it('clips without groups are told with what that means, and nothing held out has no figures', () => {
  const grouping = {
    by: 'clips',
    how: 'their names tell no groups',
    groups: 4,
    clips: 4,
    examples: [],
  } as const;
  const none = {
    ...summary,
    clips: { ...summary.clips, validation: 0 },
    heldOut: undefined,
    grouping: { ...grouping, examples: [] },
  };
  expect(endLines(none)).toEqual([
    expect.stringContaining('out/m: nothing held out, best epoch 3'),
    expect.stringMatching(
      /^grouped: not \(their names tell no groups\): if several clips .* --group REGEX says which do$/,
    ),
  ]);
});

it('the next commands have the paths of this run, as a shell takes them', () => {
  expect(nextCommands(summary, { data: 'my clips' })).toEqual([
    "wherewhen predict out/m 'my clips/run/anna_run.mp4' --report out/m/clip.html",
    "wherewhen serve out/m --data 'my clips' --open",
    "wherewhen audit out/m 'my clips'",
  ]);
  expect(nextCommands(summary, { data: 'd', annotations: 'list.csv' }).at(-1)).toBe(
    'wherewhen export out/m --web out/m/web',
  );
});
