// Parts of the viewer that need no browser.
import { describe, expect, it } from 'vitest';
import { hasPlace, momentOfClass } from '../../viewer/src/clip/ofClass.js';
import { nextUnlabelled } from '../../viewer/src/label/queue.js';
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
