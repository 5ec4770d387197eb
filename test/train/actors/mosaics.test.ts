import { describe, expect, it } from 'vitest';
import { Random } from '../../../src/random.js';
import { composeMosaic, planMosaics, type Mosaic } from '../../../src/train/actors/mosaics.js';

const clips = Array.from({ length: 12 }, (_, i) => ({ classIndices: [i % 3] }));

describe('the plan of mosaics', () => {
  it('puts different classes beside each other, half pairs and half fours', () => {
    const plan = planMosaics(clips, 1.5, Random.from(0, 'test'));
    expect(plan).toHaveLength(18);
    for (const { parts } of plan) {
      const acting = parts
        .filter(({ state }) => state === 'acts')
        .map(({ clip }) => clips[clip]!.classIndices[0]);
      expect(new Set(acting).size).toBe(2);
      expect(parts.reduce((area, { width, height }) => area + width * height, 0)).toBe(1);
    }
    expect(plan.filter(({ parts }) => parts.length === 4)).toHaveLength(9);
    const still = plan.flatMap(({ parts }) => parts).filter(({ state }) => state !== 'acts');
    expect(still).toHaveLength(18);
  });

  it('lets every clip act', () => {
    const plan = planMosaics(clips, 1.5, Random.from(1, 'test'));
    const acting = plan.flatMap(({ parts }) =>
      parts.filter(({ state }) => state === 'acts').map(({ clip }) => clip),
    );
    expect(new Set(acting).size).toBe(12);
  });

  it('is the same from the same seed', () => {
    const plan = (seed: number): Mosaic[] => planMosaics(clips, 1, Random.from(seed, 'test'));
    expect(plan(3)).toEqual(plan(3));
    expect(plan(3)).not.toEqual(plan(4));
  });

  it('is empty of one class, of one clip, and of clips that share all their classes', () => {
    expect(planMosaics([{ classIndices: [0] }, { classIndices: [0] }], 2, Random.from(0))).toEqual([]);
    expect(planMosaics([{ classIndices: [0] }], 2, Random.from(0))).toEqual([]);
    const same = [{ classIndices: [0, 1] }, { classIndices: [1, 0] }];
    expect(planMosaics(same, 2, Random.from(0))).toEqual([]);
  });
});

describe('the picture of a mosaic', () => {
  const size = { width: 8, height: 8 };
  const frame = 8 * 8 * 3;
  /** A clip whose frame `i` has one level all over. */
  const flat = (levels: number[]): Uint8Array =>
    Uint8Array.from(levels.flatMap((level) => new Array<number>(frame).fill(level)));
  const levelAt = (frames: Uint8Array, i: number, x: number, y: number): number =>
    frames[i * frame + (y * 8 + x) * 3]!;

  it('shows each clip in its part, frame by frame', () => {
    const parts = [
      { clip: 0, state: 'acts' as const, x: 0, y: 0, width: 0.5, height: 1 },
      { clip: 1, state: 'acts' as const, x: 0.5, y: 0, width: 0.5, height: 1 },
    ];
    const shown = [flat([10, 20]), flat([100, 200])];
    const options = { frames: 2, size, random: Random.from(0) };
    const out = composeMosaic({ parts, seed: 0 }, (clip) => shown[clip]!, options);
    expect([
      levelAt(out, 0, 1, 4),
      levelAt(out, 0, 6, 4),
      levelAt(out, 1, 1, 4),
      levelAt(out, 1, 6, 4),
    ]).toEqual([10, 100, 20, 200]);
  });

  it('shows nothing happening: one frame that sways, or the median of all, each with a little noise', () => {
    const parts = [
      { clip: 0, state: 'sways' as const, x: 0, y: 0, width: 0.5, height: 1 },
      { clip: 0, state: 'median' as const, x: 0.5, y: 0, width: 0.5, height: 1 },
    ];
    const options = { frames: 3, size, random: Random.from(5) };
    const out = composeMosaic({ parts, seed: 0 }, () => flat([50, 100, 150]), options);
    const swaying = [0, 1, 2].map((i) => levelAt(out, i, 1, 4));
    const [first] = [50, 100, 150].filter((level) => Math.abs(level - swaying[0]!) <= 4);
    expect(first).toBeDefined();
    for (const level of swaying) expect(Math.abs(level - first!)).toBeLessThanOrEqual(4);
    for (const i of [0, 1, 2]) expect(Math.abs(levelAt(out, i, 6, 4) - 100)).toBeLessThanOrEqual(4);
  });
});
