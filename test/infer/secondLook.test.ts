import { describe, expect, it } from 'vitest';
import { lookAgain } from '../../src/infer/secondLook.js';
import { cutSquares } from '../../src/infer/squares.js';
import { localizeOptions, type ActorLook, type Localization } from '../../src/localize/index.js';

describe('squares cut out of pictures', () => {
  /** One frame, 8 x 4, whose red is the column and green the row. */
  const data = Uint8Array.from({ length: 8 * 4 * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3);
    return [pixel % 8, Math.floor(pixel / 8), 0][i % 3]!;
  });
  const pictures = { data, width: 8, height: 4, covers: { x: 0, y: 0, width: 80, height: 40 } };

  it('are found by pixels of the source, whatever the size of the pictures that are kept', () => {
    // Source 80 x 40 kept at 8 x 4: the square from (20, 10) of side 20 is columns 2 and 3, rows 1 and 2.
    const { shape, data: cut } = cutSquares(
      pictures,
      [{ x: 20, y: 10, side: 20 }],
      { width: 2, height: 2 },
      { x: 0, y: 0 },
    );
    expect(shape).toEqual([1, 2, 2, 3]);
    expect(Array.from(cut as Uint8Array)).toEqual([2, 1, 0, 3, 1, 0, 2, 2, 0, 3, 2, 0]);
  });

  it('count from where the boxes count, of a model that sees a part of the picture', () => {
    const { data: cut } = cutSquares(
      pictures,
      [{ x: 0, y: 0, side: 10 }],
      { width: 1, height: 1 },
      { x: 50, y: 30 },
    );
    expect(Array.from(cut as Uint8Array)).toEqual([5, 3, 0]);
  });
});

describe('looking again', () => {
  const grid = { frames: 1, height: 2, width: 2 };
  const picture = { width: 100, height: 100 };
  const rulesOf = (second: object = {}, who: object = {}) => {
    const rules = localizeOptions({ where: { second }, who });
    return { ...rules, where: { ...rules.where, second: rules.where.second! } };
  };
  const first = {
    box: [40, 40, 60, 60] as [number, number, number, number],
    score: 1,
    point: [50, 50] as [number, number],
  };
  const seen: Localization = {
    frames: [first],
    segments: [],
    map: new Float32Array(4),
    probability: 'softmax',
    tubes: [],
    actors: [
      {
        classIndex: 0,
        score: 0.9,
        boxes: [{ box: first.box, score: 1 }],
        points: [[50, 50]],
        segments: [],
        map: new Float32Array(4),
        source: 'classFree',
        isShown: true,
      },
      {
        classIndex: 1,
        score: 0.8,
        boxes: [null],
        points: [[10, 10]],
        segments: [],
        map: new Float32Array(4),
        source: 'classMap',
        isShown: true,
      },
    ],
  };

  it('asks once for what knows no class and once for every map of a class, and puts the new boxes in their places', async () => {
    const asked: number[] = [];
    const again = await lookAgain({
      ...{ seen, grid, picture, classes: 2, rules: rulesOf() },
      lookAt: async ([crop]) => {
        asked.push(crop!.x);
        return { foreground: [1, 0, 0, 0] }; // the upper left corner of the square
      },
    });
    // Side 1.5 x 20 = 30 around (50, 50); the class without a box is looked for around its point, as large as the picture.
    expect(asked).toEqual([35, -40]);
    const [x0, y0] = again.frames[0]!.box!;
    expect([x0, y0]).toEqual([35, 35]);
    expect(again.actors![0]!.boxes[0]!.box).toEqual(again.frames[0]!.box);
    expect(again.actors![1]!.boxes[0]!.box.slice(0, 2)).toEqual([0, 0]); // cut at the picture's edge
  });

  it('weighs what it sees by what the first look of each thing was drawn from', async () => {
    // The network sees the left and the right column alike; the first look saw the left one, its motion or an actor the right one.
    const left = Float32Array.of(1, 0, 1, 0);
    const right = Float32Array.of(0, 1, 0, 1);
    const lookedAt = async (moving?: Float32Array) => {
      const [free, own] = seen.actors!;
      const wide = { ...first, box: [25, 25, 75, 75] as [number, number, number, number] };
      const whole = { box: wide.box, score: 1 };
      const actors = [free!, { ...own!, map: right, boxes: [whole], points: [wide.point] }];
      const again = await lookAgain({
        ...{ seen: { ...seen, frames: [wide], map: left, moving, actors }, grid, picture, classes: 2 },
        rules: rulesOf({ prior: 1 }),
        lookAt: async () => ({ foreground: [0, 0, 1, 1] }),
      });
      return [again.frames[0]!.point[0] < 50, again.actors![1]!.points[0]![0] < 50];
    };
    expect(await lookedAt()).toEqual([true, false]);
    expect(await lookedAt(right)).toEqual([false, false]);
  });

  it('cuts boxes of several actors by rules of their own, where there are any', async () => {
    const boxesBy = async (second: object) => {
      const lookAt = async () => ({ foreground: [1, 0, 0, 0] });
      const again = await lookAgain({
        ...{ seen, grid, picture, lookAt, classes: 2, rules: rulesOf(second) },
      });
      return [again.frames[0]!.box, again.actors![1]!.boxes[0]!.box];
    };
    const [plain, apart] = await boxesBy({});
    const wide = { margin: { x: 0.2, y: 0.4 } }; // of cells of half a square of 30
    const [x0, y0, x1, y1] = plain!;
    expect(await boxesBy({ ...wide, apart: {} })).toEqual([[x0 - 3, y0 - 6, x1 + 3, y1 + 6], apart]);
    expect((await boxesBy(wide))[1]).not.toEqual(apart);
  });

  it('looks once at things whose squares are nearly the same', async () => {
    const near = { box: [42, 40, 62, 60] as [number, number, number, number], score: 1 };
    const actors = [{ ...seen.actors![1]!, boxes: [near], points: [first.point] }];
    const looksBy = async (shared: number): Promise<number> => {
      let looks = 0;
      const lookAt = async () => ({ foreground: [++looks, 0, 0, 0] });
      const rules = rulesOf({ shared });
      await lookAgain({ seen: { ...seen, actors }, grid, picture, lookAt, classes: 2, rules });
      return looks;
    };
    // Squares of 30, 2 apart: their IoU is 28/32.
    expect([await looksBy(0.87), await looksBy(0.88)]).toEqual([1, 2]);
  });

  describe('names things', () => {
    const thing = (classIndex: number, score: number, x: number): ActorLook => ({
      ...seen.actors![1]!,
      ...{ classIndex, score, boxes: [{ box: [x, 40, x + 20, 60], score: 1 }], points: [[x + 10, 50]] },
      segments: [{ classIndex, from: 0, to: 1, score, value: 1 }] as unknown as ActorLook['segments'],
    });
    const left = { ...thing(0, 0.9, 10), names: [thing(1, 0.6, 12)] };
    const right = thing(2, 0.7, 70);
    /** What is told alone: its class, and where it is. */
    const aloneAt = (classIndex: number, x: number) => ({
      actor: { ...thing(classIndex, 0.9, x), source: 'classFree' as const },
      segments: [],
    });
    /** The logits of three classes and nothing in the left square and in the right one. */
    const told = async (
      logits: { left: number[]; right: number[] },
      {
        asked = [],
        alone = aloneAt(0, 12),
        chance = 0,
      }: { asked?: number[]; alone?: Localization['alone']; chance?: number } = {},
    ) => {
      const again = await lookAgain({
        ...{ seen: { ...seen, actors: [left, right], alone }, grid, picture, classes: 3, asked },
        rules: rulesOf({}, { together: 0.25, chance }),
        lookAt: async ([crop]) => {
          const own = crop!.x < 30 ? logits.left : logits.right;
          return { foreground: [1, 0, 0, 0], closeScores: own.flatMap((one) => [one, one, one, one]) };
        },
      });
      const names = again.actors!.map(({ classIndex, isShown, source }) => [classIndex, isShown, source]);
      return { ...again, names };
    };

    it('by what their squares show beside what the first look said', async () => {
      const same = await told({ left: [0, 0, 0, 0], right: [0, 0, 0, 0] });
      expect(same.names).toEqual([
        [0, true, 'classMap'],
        [2, true, 'classMap'],
      ]);
      const other = await told({ left: [0, 3, 9, 0], right: [9, 0, 0, 0] }); // of the left thing only 0 and 1 are names
      expect(other.names).toEqual([
        [1, true, 'classMap'],
        [2, true, 'classMap'],
      ]);
      expect(new Set(other.segments.map(({ classIndex }) => classIndex))).toEqual(new Set([1, 2]));
      expect(other.actors!.map(({ boxes }) => boxes[0]!.box[0] < 50)).toEqual([true, false]);
      expect(other).not.toHaveProperty('alone');
    });

    it('and tells none that shows nothing; one that is left is told as one alone', async () => {
      const one = await told({ left: [0, 0, 0, 0], right: [0, 0, 0, 9] });
      expect(one.names).toEqual([[0, true, 'classFree']]);
      expect(one.segments).toEqual([]);
    });

    it('and tells one that is left as itself where it is not what would be told alone', async () => {
      const logits = { left: [0, 9, 0, 0], right: [0, 0, 0, 9] };
      for (const alone of [aloneAt(2, 12), aloneAt(1, 60)]) {
        const one = await told(logits, { alone }); // of another class; in another place
        expect(one.names).toEqual([[1, true, 'classMap']]);
        expect(one.segments.map(({ classIndex }) => classIndex)).toEqual([1]);
      }
      const same = await told(logits, { alone: aloneAt(1, 12) });
      expect(same.names).toEqual([[1, true, 'classFree']]);
    });

    it('after a glance at a quarter of the frames of all but the surest, which alone is told of things that show nothing', async () => {
      const frames = 8;
      const longer = (one: ActorLook): ActorLook => ({
        ...one,
        ...{ boxes: one.boxes.flatMap((box) => Array<typeof box>(frames).fill(box)) },
        ...{ points: one.points.flatMap((point) => Array<typeof point>(frames).fill(point)) },
        map: new Float32Array(4 * frames),
      });
      const free = longer(seen.actors![0]!);
      const looksBy = async (nothing: number): Promise<string[]> => {
        const looks: string[] = [];
        await lookAgain({
          ...{ grid: { ...grid, frames }, picture, classes: 3, rules: rulesOf({}, { together: 0.25 }) },
          seen: {
            ...{ ...seen, frames: Array<typeof first>(frames).fill(first), map: free.map },
            ...{ actors: [longer(left), longer(right)] },
            alone: { actor: { ...longer(thing(0, 0.9, 12)), source: 'classFree' }, segments: [] },
          },
          lookAt: async (crops, [from, to]) => {
            const cells = Array.from({ length: crops.length }, () => [1, 0, 0, 0]).flat();
            looks.push(`${crops[0]!.x < 30 ? 'left' : crops[0]!.x < 50 ? 'middle' : 'right'} ${from}-${to}`);
            const logits = [0, 0, 0, nothing].flatMap((one) => [one, one, one, one]);
            return { foreground: cells, closeScores: crops.flatMap(() => logits) };
          },
        });
        return looks;
      };
      expect(await looksBy(9)).toEqual(['middle 0-8', 'right 3-5']);
      expect(await looksBy(0)).toEqual(['middle 0-8', 'right 3-5', 'left 0-8', 'right 0-8']);
    });

    it('and tells none whose name its squares show hardly more than by chance', async () => {
      // The right thing is called 2 and looks like 1: of four shares that of 2 is a bit over a quarter.
      const logits = { left: [9, 0, 0, 0], right: [0, 0.5, 0.2, 0] };
      const namesBy = async (chance: number) => (await told(logits, { chance })).names;
      expect(await namesBy(1)).toHaveLength(2);
      expect(await namesBy(1.2)).toEqual([[0, true, 'classFree']]);
    });

    it('and still says where those are that were asked for', async () => {
      const one = await told({ left: [0, 0, 0, 0], right: [0, 0, 0, 9] }, { asked: [2, 0] });
      expect(one.names).toEqual([
        [0, true, 'classFree'],
        [2, false, 'classMap'],
      ]);
      const renamed = await told({ left: [0, 9, 0, 0], right: [0, 0, 0, 0] }, { asked: [0] });
      expect(renamed.names).toEqual([
        [1, true, 'classMap'],
        [2, true, 'classMap'],
        [0, false, 'classMap'],
      ]);
    });
  });
});
