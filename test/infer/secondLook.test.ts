import { describe, expect, it } from 'vitest';
import { cutSquares, lookAgain } from '../../src/infer/secondLook.js';
import { localizeOptions, type Localization } from '../../src/localize/index.js';

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
  const { where } = localizeOptions({ where: { second: {} } });
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
      ...{ seen, grid, picture },
      where: { ...where, second: where.second! },
      lookAt: async ([crop]) => {
        asked.push(crop!.x);
        return [1, 0, 0, 0]; // the upper left corner of the square
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
    const { where: rules } = localizeOptions({ where: { second: { prior: 1 } } });
    const lookedAt = async (moving?: Float32Array) => {
      const [free, own] = seen.actors!;
      const wide = { ...first, box: [25, 25, 75, 75] as [number, number, number, number] };
      const whole = { box: wide.box, score: 1 };
      const actors = [free!, { ...own!, map: right, boxes: [whole], points: [wide.point] }];
      const again = await lookAgain({
        ...{ seen: { ...seen, frames: [wide], map: left, moving, actors }, grid, picture },
        where: { ...rules, second: rules.second! },
        lookAt: async () => [0, 0, 1, 1],
      });
      return [again.frames[0]!.point[0] < 50, again.actors![1]!.points[0]![0] < 50];
    };
    expect(await lookedAt()).toEqual([true, false]);
    expect(await lookedAt(right)).toEqual([false, false]);
  });

  it('cuts boxes of several actors by rules of their own, where there are any', async () => {
    const boxesBy = async (second: object) => {
      const { where: rules } = localizeOptions({ where: { second } });
      const lookAt = async (): Promise<number[]> => [1, 0, 0, 0];
      const again = await lookAgain({
        ...{ seen, grid, picture, lookAt },
        where: { ...rules, second: rules.second! },
      });
      return [again.frames[0]!.box, again.actors![1]!.boxes[0]!.box];
    };
    const [plain, apart] = await boxesBy({});
    const wide = { margin: { x: 0.2, y: 0.4 } }; // of cells of half a square of 30
    const [x0, y0, x1, y1] = plain!;
    expect(await boxesBy({ ...wide, apart: {} })).toEqual([[x0 - 3, y0 - 6, x1 + 3, y1 + 6], apart]);
    expect((await boxesBy(wide))[1]).not.toEqual(apart);
  });
});
