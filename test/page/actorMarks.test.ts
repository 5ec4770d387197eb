// Which boxes are drawn at a moment, in which colours, and where their names stand.
import { describe, expect, it } from 'vitest';
import { classPlaces, shownSegments } from '../../src/page/actors.js';
import { ActorMarks, drawMarks, type ActorMark, type Pen } from '../../src/page/actorMarks.js';
import { CLASS_COLOURS, MARKS } from '../../src/page/colours.js';
import { momentAt } from '../../src/page/moments.js';
import type { Actor, Box, Result } from '../../src/result.js';

const left: Box = [0, 20, 20, 40];
const right: Box = [60, 20, 80, 40];
const free: Box = [30, 20, 50, 40];

/** Four frames a second apart. */
function answer(actors: Actor[]): Result {
  return {
    version: 2,
    clip: 'a.mp4',
    model: { id: 'm', attention: 'joint', backbone: 'small' },
    video: {
      ...{ width: 80, height: 60, frames: 4, durationSeconds: 4, frameRate: 1 },
      ...{ damagedFrames: 0, missingFrames: 0 },
    },
    classes: [
      { label: 'sitDown', probability: 0.5 },
      { label: 'wave', probability: 0.4 },
      { label: 'bend', probability: 0.1 },
    ],
    frames: [0, 1, 2, 3].map((i) => ({ index: i, timeSeconds: i, weight: 0.25, box: free })),
    ...{ segments: [], actors, warnings: [] },
  };
}

const actor = (label: string, boxes: (Box | null)[], times: [number, number][] = []): Actor => ({
  ...{ label, score: 0.5, boxes },
  segments: times.map(([startSeconds, endSeconds]) => ({ startSeconds, endSeconds, score: 0.9 })),
});

const two = answer([
  actor('wave', [left, left, left, null], [[0, 1.5]]),
  actor('sitDown', [right, right, null, null], [[1, 4]]),
]);
const at = (result: Result, seconds: number): ActorMark[] =>
  new ActorMarks(result).at(momentAt([0, 1, 2, 3], seconds), seconds);

describe('the marks of a moment', () => {
  it('are the boxes of the actors in the colours of their classes, faint while a class is not said to happen', () => {
    expect(at(two, 0)).toEqual([
      { box: right, name: 'sit down', colour: CLASS_COLOURS[1], isResting: true },
      { box: left, name: 'wave', colour: CLASS_COLOURS[0], isResting: false },
    ]);
    expect(at(two, 1.4).map(({ isResting }) => isResting)).toEqual([false, false]);
    expect(at(two, 2).map(({ name, isResting }) => [name, isResting])).toEqual([['wave', true]]);
  });

  it('are those of one class alone where it is chosen, told or not, in the colours of an order that is given', () => {
    const faint = [{ startSeconds: 1, endSeconds: 2, score: 0.3 }]; // not told: a tenth, and not sure of itself
    const bending = { ...actor('bend', [null, left, null, null]), segments: faint };
    const bend = { ...two, actors: [...two.actors, bending] };
    const moment = momentAt([0, 1, 2, 3], 1);
    const marks = new ActorMarks(bend, ['bend', 'wave', 'sitDown']);
    expect(marks.at(moment, 1).map(({ name }) => name)).toEqual(['sit down', 'wave']);
    expect(marks.at(moment, 1, 'bend')).toEqual([
      { box: left, name: 'bend', colour: CLASS_COLOURS[0], isResting: false },
    ]);
    expect(marks.at(momentAt([0, 1, 2, 3], 3), 3, 'bend')).toEqual([]); // not the box that knows no class
    expect([...classPlaces(two, ['a', 'b', 'c', 'd', 'e', 'f']).keys()][0]).toBe('wave'); // more classes than colours
  });

  it('are the box that knows no class where no actor is, and nothing where there is none either', () => {
    expect(at(two, 3)).toEqual([{ box: free, name: null, colour: MARKS.free, isResting: false }]);
    two.frames[3]!.box = null;
    expect(at(two, 3)).toEqual([]);
  });

  it('leave out an actor that is not told', () => {
    const doubtful = answer([
      actor('wave', [left, left, left, left]),
      actor('bend', [right, right, right, right]),
    ]);
    expect(at(doubtful, 0).map(({ name }) => name)).toEqual(['wave']);
  });
});

describe('the places of classes', () => {
  it('begin with the actors that are told, and go on with the others by their probability', () => {
    expect([...classPlaces(two)]).toEqual([
      ['wave', 0],
      ['sitDown', 1],
      ['bend', 2],
    ]);
    expect(shownSegments(two).map(({ label, startSeconds }) => [label, startSeconds])).toEqual([
      ['wave', 0],
      ['sitDown', 1],
    ]);
  });
});

describe('drawMarks', () => {
  /** Notes what is drawn; every letter is 10 wide. */
  function pen(): { pen: Pen; rects: number[][]; chips: (string | number)[][] } {
    const rects: number[][] = [];
    const chips: (string | number)[][] = [];
    const nothing = (): void => undefined;
    const made = {
      ...{ save: nothing, restore: nothing, setLineDash: nothing, beginPath: nothing },
      ...{ moveTo: nothing, lineTo: nothing, stroke: nothing, fillRect: nothing },
      strokeRect: (...rect: number[]) => rects.push(rect),
      fillText: (text: string, x: number, y: number) => chips.push([text, x, y]),
      measureText: (text: string) => ({ width: 10 * text.length }),
    };
    return { pen: made as unknown as Pen, rects, chips };
  }
  const mark = (box: Box, name: string): ActorMark => ({ box, name, colour: '#fff', isResting: false });
  const style = { scale: [2, 2] as [number, number], unit: 1, font: 'x', size: { width: 160, height: 120 } };

  it('scales boxes, draws one that lies on another inside it, and keeps names apart and in the picture', () => {
    const { pen: made, rects, chips } = pen();
    drawMarks(made, [mark(left, 'a'), mark(left, 'b')], style);
    // Each box twice, shadow and colour; the second 2 units further in.
    expect(rects.map(([x, y, width]) => [x, y, width])).toEqual([
      [0, 40, 40],
      [0, 40, 40],
      [2, 42, 36],
      [2, 42, 36],
    ]);
    // The last mark is named first, above its box (42 - 9 / 2); there is no room left for the other, which goes below its edge.
    expect(chips).toEqual([
      ['b', 4.5, 37.5],
      ['a', 2.5, 84.5],
    ]);
  });

  it('writes a name inside a box that reaches the edge, and none without a font', () => {
    const { pen: made, chips } = pen();
    drawMarks(made, [mark([70, 0, 80, 60], 'wave')], style);
    // 45 wide: moved left to 115; nothing is above, so it stands at the upper edge, 0 to 9.
    expect(chips).toEqual([['wave', 117.5, 4.5]]);
    drawMarks(made, [mark(left, 'a')], { ...style, font: null });
    expect(chips).toHaveLength(1);
  });
});
