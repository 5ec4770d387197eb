// Parts of the viewer that need no browser.
import { describe, expect, it } from 'vitest';
import { lanesOf, type LaneFacts } from '../../viewer/src/browse/lanes.js';
import { loopTarget } from '../../viewer/src/clip/loop.js';
import { hasPlace, momentOfClass } from '../../viewer/src/clip/ofClass.js';
import { nextUnlabelled } from '../../viewer/src/label/queue.js';
import { termsInUse } from '../../viewer/src/training/terms.js';
import type { EpochRow } from '../../src/epoch.js';
import type { Result } from '../../src/result.js';
import { explained, inOrder, type ClipRow } from '../../viewer/src/browse/order.js';

const row = (id: string, facts: Partial<ClipRow> = {}): ClipRow => ({
  ...{ id, name: id, label: null, top: 'wave', probability: 0.5, isRight: null },
  ...{ where: null, when: null, warnings: 0, isUnlike: false, isLabelled: false },
  ...facts,
});

describe('the best explained clips', () => {
  it('are those with the largest overlaps, and without truth those that are surest', () => {
    expect(explained(row('a', { where: 0.9, when: 0.5, probability: 0.1 }))).toBeCloseTo(0.7);
    expect(explained(row('b', { where: 0.4 }))).toBeCloseTo(0.4);
    expect(explained(row('c', { probability: 0.8 }))).toBeCloseTo(0.8);
    expect(explained(row('d', { top: null }))).toBeNull();
  });

  it('come before those with a warning or a wrong class, and those that are not predicted last', () => {
    const list = [
      row('open', { top: null, probability: 0 }),
      row('wrong', { isRight: false, probability: 0.9 }),
      row('unsure', { probability: 0.3 }),
      row('warned', { warnings: 1, probability: 0.95 }),
      row('sure', { probability: 0.8 }),
      row('open too', { top: null, probability: 0 }),
    ];
    const ids = inOrder(list, 'explained').map(({ id }) => id);
    expect(ids).toEqual(['sure', 'unsure', 'warned', 'wrong', 'open', 'open too']);
  });
});

describe('a class that is chosen', () => {
  const result = {
    frames: [0, 1, 2, 3].map((i) => ({
      index: i,
      timeSeconds: i,
      weight: [0.4, 0.1, 0.3, 0.2][i]!,
      box: null,
    })),
    curves: {
      labels: ['wave', 'bend'],
      values: [
        [0, 0, 0, 1],
        [0, 5, 2, 0],
      ],
    },
    segments: [],
    actors: [
      {
        ...{ label: 'wave', score: 0.5, boxes: [null, [0, 0, 9, 9], null, null] },
        segments: [
          { startSeconds: 0, endSeconds: 0.5, score: 0.3 },
          { startSeconds: 1, endSeconds: 2.5, score: 0.9 },
        ],
      },
    ],
  } as unknown as Result;

  it('is clearest where its best segment has the most weight, and without a segment where most speaks for it', () => {
    expect(momentOfClass(result, 'wave')).toBe(2); // frames 1 and 2 lie inside, of weights 0.1 and 0.3
    expect(momentOfClass(result, 'bend')).toBe(1);
    expect(momentOfClass(result, 'jump')).toBeNull();
  });

  it('has a place only where an actor of it has a box', () => {
    expect([hasPlace(result, 'wave'), hasPlace(result, 'bend')]).toEqual([true, false]);
  });
});

describe('the queue of clips without labels', () => {
  const list = ['a', 'b', 'c', 'd'].map((id) => row(id, { isLabelled: id === 'b' }));

  it('goes on after the open clip, past those with labels, and from the top again at the end', () => {
    expect(nextUnlabelled(list, 'a')).toBe('c');
    expect(nextUnlabelled(list, 'd')).toBe('a');
    expect(nextUnlabelled(list, 'gone')).toBe('a'); // the open clip has left the list
  });

  it('ends where only the open clip is left', () => {
    expect(nextUnlabelled([row('a'), row('b', { isLabelled: true })], 'a')).toBeNull();
    expect(nextUnlabelled([], 'a')).toBeNull();
  });
});

describe('a marked stretch', () => {
  const frameAt = (seconds: number): number => Math.floor(10 * seconds + 1e-9); // ten frames a second
  const from = (frame: number, startSeconds: number, endSeconds: number): number | null =>
    loopTarget(frame, { startSeconds, endSeconds }, frameAt);

  it('is played in a loop: from the frame after its end, and from the start of the clip, back to its own', () => {
    expect([9, 10, 15, 19, 20].map((frame) => from(frame, 1, 2))).toEqual([1, null, null, null, 1]);
  });

  it('that is shorter than a frame stands still on it', () => {
    expect([9, 10, 11].map((frame) => from(frame, 1.02, 1.04))).toEqual([1.02, null, 1.02]);
  });
});

describe('an ethogram', () => {
  const facts = (durationSeconds: number, times: [label: string, from: number, to: number][]): LaneFacts =>
    ({
      ...{ video: { durationSeconds }, actors: [], unseen: [{ startSeconds: 0, endSeconds: 1 }] },
      classes: [...new Set(times.map(([label]) => label))].map((label) => ({ label, probability: 0.5 })),
      segments: times.map(([label, startSeconds, endSeconds]) => ({
        label,
        startSeconds,
        endSeconds,
        score: 0.9,
      })),
    }) as unknown as LaneFacts;
  const clips = [
    { id: 'short', facts: facts(5, [['wave', 1, 2]]) },
    {
      id: 'long',
      facts: facts(10, [
        ['bend', 0, 4],
        ['wave', 5, 6],
      ]),
    },
  ];

  it('puts clips of different lengths on the scale of the longest', () => {
    const { lanes, seconds } = lanesOf(clips, []);
    expect([seconds, lanes[0]!.width, lanes[1]!.width]).toEqual([10, 50, 100]);
    expect(lanes[0]!.pieces).toEqual([
      { label: 'wave', startSeconds: 1, endSeconds: 2, left: 10, width: 10 },
    ]);
    expect(lanes[0]!.unseen[0]).toMatchObject({ left: 0, width: 10 });
  });

  it('gives a class one colour in all clips: by the order of the model, or by its time where there are too many', () => {
    expect([...lanesOf(clips, ['jump', 'wave', 'bend']).places]).toEqual([
      ['jump', 0],
      ['wave', 1],
      ['bend', 2],
    ]);
    const many = ['a', 'b', 'c', 'd', 'e', 'wave', 'bend']; // five colours
    expect([...lanesOf(clips, many).places.keys()]).toEqual(['bend', 'wave']); // 40 of 100 against 10 and 10
  });
});

it('draws the loss terms that have a weight, and those that move where no weight is known', () => {
  const losses = [
    { total: 2, crossEntropy: 2, unimodal: 0, sparsity: 0.5, gradientNorm: 0 },
    { total: 1, crossEntropy: 1, unimodal: 0, sparsity: 0.25, gradientNorm: 3 },
  ];
  const rows = losses.map((one) => ({ losses: one }) as unknown as EpochRow);
  expect(termsInUse(rows)).toEqual(['crossEntropy', 'sparsity', 'gradientNorm']);
  const weights = { crossEntropy: 1, unimodal: 0.5, sparsity: 0 };
  expect(termsInUse(rows, weights)).toEqual(['crossEntropy', 'unimodal', 'gradientNorm']); // a weight and zero: a warning tells
});
