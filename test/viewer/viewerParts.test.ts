// Parts of the viewer that need no browser.
import { describe, expect, it } from 'vitest';
import { explained, inOrder, type ClipRow } from '../../viewer/src/browse/order.js';

const row = (id: string, facts: Partial<ClipRow> = {}): ClipRow => ({
  ...{ id, name: id, label: null, top: 'wave', probability: 0.5, isRight: null },
  ...{ where: null, when: null, warnings: 0 },
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
