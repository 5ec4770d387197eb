// What the world promises of every clip, tried on many scripts without painting a picture.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { castClip } from '../../../src/dataset/synthetic/world.js';
import {
  actions,
  stage,
  type Action,
  actorPose,
  actsOf,
  coverage,
  idle,
  isActing,
  type Pose,
  type Script,
} from '../../../src/dataset/synthetic/script.js';
import { bounds, outline } from '../../../src/dataset/synthetic/shapes.js';

const clips = { min: 0, max: 100_000 };
const anyScript = fc
  .tuple(fc.integer(clips), fc.integer(clips))
  .map(([seed, i]): Script => castClip(seed, i).script);
const many: Script[] = Array.from({ length: 800 }, (_, i) => castClip(7, i).script);

/** The actor's box at frame `t`, before it is cut at the stage. */
function boxAt(script: Script, t: number): [number, number, number, number] {
  const { x, y, angle, side } = actorPose(script, t);
  const [x0, y0, x1, y1] = bounds(outline(script.actor.kind, angle, side));
  return [x0 + x, y0 + y, x1 + x, y1 + y];
}

function actingFrames(script: Script): number[] {
  return Array.from({ length: script.frames }, (_, t) => t).filter((t) => isActing(script, t));
}

function isSame(a: Pose, b: Pose): boolean {
  return a.x === b.x && a.y === b.y && a.angle === b.angle;
}

function scriptsOf(action: Action): Script[] {
  return many.filter((script) => script.action === action);
}

describe('every clip', () => {
  test('holds one action that lasts 20 to 50 % of it', () => {
    fc.assert(
      fc.property(anyScript, (script) => {
        const share = actingFrames(script).length / script.frames;
        expect(share).toBe((script.end - script.start) / script.frames);
        expect(share).toBeGreaterThanOrEqual(0.2);
        expect(share).toBeLessThanOrEqual(0.5);
      }),
    );
  });

  test('shows an actor whose box covers 4 to 20 % of the picture and lies inside it while it acts', () => {
    fc.assert(
      fc.property(anyScript, (script) => {
        for (const t of actingFrames(script)) {
          const [x0, y0, x1, y1] = boxAt(script, t);
          const share = ((x1 - x0) * (y1 - y0)) / (stage.width * stage.height);
          const space = Math.min(x0, y0, stage.width - x1, stage.height - y1);
          const isRight = share >= 0.04 && share <= 0.2 && space >= 0;
          expect(isRight, `frame ${t}: ${share} of the picture, ${space} pixels to spare`).toBe(true);
          expect(share).toBeCloseTo(coverage(actorPose(script, t).side));
        }
      }),
    );
  });

  test('has 2 to 4 distractors of the same kinds of shape, which move the whole time', () => {
    const kinds = new Set<string>();
    for (const { distractors, frames } of many) {
      expect(distractors.length).toBeGreaterThanOrEqual(2);
      expect(distractors.length).toBeLessThanOrEqual(4);
      for (const thing of distractors) {
        kinds.add(thing.kind);
        for (let t = 1; t < frames; t++)
          if (isSame(idle(thing, t), idle(thing, t - 1))) throw new Error('a distractor stood still');
      }
    }
    expect([...kinds].sort()).toEqual([...new Set(many.map(({ actor }) => actor.kind))].sort());
  });

  test('flickers and drifts, so that no place stands still', () => {
    for (const { flicker, frames, backdrop } of many) {
      expect(flicker).toHaveLength(frames);
      expect(new Set(flicker).size).toBeGreaterThan(frames / 2);
      expect(Math.min(...backdrop.drift)).toBeGreaterThan(0);
    }
  });
});

describe('over many clips', () => {
  /** Shares of `values` in three equal parts of 0 .. `length`. */
  function thirds(values: number[], length: number): number[] {
    const counts = [0, 0, 0];
    for (const value of values) counts[Math.min(2, Math.floor((3 * value) / length))]!++;
    return counts.map((count) => count / values.length);
  }

  test('the place of the action is spread over the stage, as far as its size leaves room', () => {
    const centres = scriptsOf('stripes').map((script) => {
      const [x0, y0, x1, y1] = boxAt(script, script.start);
      return [(x0 + x1) / 2, (y0 + y1) / 2] as const;
    });
    for (const share of thirds(
      centres.map(([x]) => x),
      stage.width,
    ))
      expect(share).toBeGreaterThan(0.1);
    const ys = centres.map(([, y]) => y);
    expect(Math.min(...ys)).toBeLessThan(0.35 * stage.height);
    expect(Math.max(...ys)).toBeGreaterThan(0.65 * stage.height);
  });

  test('the time of the action is spread over the clip', () => {
    for (const share of thirds(
      many.map(({ start, end, frames }) => (start + end) / 2 / frames),
      1,
    ))
      expect(share).toBeGreaterThan(0.1);
  });

  test('no class is told by length, time, shape, colour, place or company: their means agree within chance', () => {
    const facts: Record<string, (script: Script) => number> = {
      frames: ({ frames }) => frames,
      start: ({ start, frames }) => start / frames,
      length: ({ start, end, frames }) => (end - start) / frames,
      hue: ({ actor }) => actor.hue,
      company: ({ distractors }) => distractors.length,
      x: ({ actor }) => actor.x,
    };
    for (const fact of Object.values(facts)) {
      const all = many.map(fact);
      const mean = all.reduce((a, b) => a + b) / all.length;
      const deviation = Math.sqrt(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length);
      for (const action of actions) {
        const own = scriptsOf(action).map(fact);
        const ownMean = own.reduce((a, b) => a + b) / own.length;
        expect(Math.abs(ownMean - mean)).toBeLessThan((4 * deviation) / Math.sqrt(own.length));
      }
    }
  });
});

describe('the classes', () => {
  test('take turns, so that a world of whole rounds is balanced', () => {
    const labels = Array.from({ length: 40 }, (_, i) => castClip(3, i).script.action);
    for (const action of actions) expect(labels.filter((label) => label === action)).toHaveLength(5);
    expect(castClip(3, 17).name).toBe('bars/bars_0003.mp4');
  });

  test('are the same clips in a larger world, and others with another seed', () => {
    expect(castClip(5, 12)).toEqual(castClip(5, 12));
    expect(castClip(5, 12)).not.toEqual(castClip(5, 20));
    expect(castClip(5, 12)).not.toEqual(castClip(6, 12));
  });

  test.each([
    ['sweep-right', 'sweep-left'],
    ['grow', 'shrink'],
  ] as const)('%s played backwards is %s: only order tells them apart', (forth, back) => {
    for (const script of scriptsOf(forth).slice(0, 40)) {
      const still = { ...script.actor, sway: [0, 0] as const, spin: 0 }; // what it does beside its action
      const there = { ...script, actor: still };
      const side = forth === 'grow' ? { actor: { ...still, side: script.reach }, reach: still.side } : {};
      const again: Script = { ...there, action: back, ...side };
      for (const t of actingFrames(script)) {
        const [a, b] = [actorPose(there, t), actorPose(again, script.start + script.end - 1 - t)];
        expect(a.x).toBeCloseTo(b.x);
        expect(a.y).toBeCloseTo(b.y);
        expect(a.side).toBeCloseTo(b.side);
      }
    }
  });

  test('move as they are named', () => {
    for (const [action, part, sign] of [
      ['sweep-right', 'x', 1],
      ['sweep-left', 'x', -1],
      ['grow', 'side', 1],
      ['shrink', 'side', -1],
    ] as const) {
      for (const script of scriptsOf(action)) {
        const moved = actorPose(script, script.end - 1)[part] - actorPose(script, script.start)[part];
        expect(sign * moved, action).toBeGreaterThan(10);
      }
    }
  });

  test('of looks do nothing but idle', () => {
    for (const script of scriptsOf('rings'))
      for (const t of actingFrames(script)) expect(actorPose(script, t)).toEqual(idle(script.actor, t));
  });
});

describe('clips of several actions', () => {
  const several = [2, 3, 4].flatMap((count) =>
    Array.from({ length: 200 }, (_, i) => ({ count, script: castClip(9, i, count).script })),
  );

  test('hold that many, each of another class, one after another with pauses of at least two frames', () => {
    for (const { count, script } of several) {
      const acts = actsOf(script);
      expect(acts).toHaveLength(count);
      expect(new Set(acts.map(({ action }) => action)).size).toBe(count);
      let free = 0; // the first frame that may act
      for (const { start, end } of acts) {
        expect(start).toBeGreaterThanOrEqual(free + 2);
        free = end;
      }
      expect(script.frames).toBeGreaterThanOrEqual(free + 2);
      const share = acts.reduce((sum, { start, end }) => sum + end - start, 0) / script.frames;
      expect(share).toBeGreaterThan(0.38);
      expect(share).toBeLessThan(0.7);
    }
  });

  test('no class comes first more often than chance, and every two classes meet', () => {
    const pairs = several.filter(({ count }) => count === 2).map(({ script }) => actsOf(script));
    for (const action of actions) {
      const first = pairs.filter(([one]) => one!.action === action).length;
      expect(first).toBeGreaterThan(10); // 25 of 200 in the mean, deviation 4.7
      expect(first).toBeLessThan(40);
    }
    const met = new Set(
      pairs.map((acts) =>
        acts
          .map(({ action }) => action)
          .sort()
          .join(' '),
      ),
    );
    expect(met.size).toBeGreaterThanOrEqual(26); // of 28
  });

  test('do not change the clips of one action', () => {
    expect(castClip(3, 5, 1)).toEqual(castClip(3, 5));
    expect(castClip(3, 5).script.later).toEqual([]);
  });
});
