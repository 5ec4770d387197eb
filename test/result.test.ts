// The form of an answer: version 1 read as version 2, and actors made of boxes that know no class.
import { describe, expect, it } from 'vitest';
import { classFreeActors, parseResult, Result, type Box } from '../src/result.js';

const left: Box = [0, 0, 10, 10];
const right: Box = [50, 0, 60, 10];
const frames = [left, left, right, null].map((box, i) => ({
  ...{ index: i, timeSeconds: i, weight: 0.25, box },
}));
const classes = [
  { label: 'wave', probability: 0.75 },
  { label: 'bend', probability: 0.25 },
];
const wave = { label: 'wave', startSeconds: 0, endSeconds: 1.5, score: 0.75 };
const bend = { label: 'bend', startSeconds: 1.5, endSeconds: 4, score: 0.5 };
const first = {
  version: 1,
  clip: 'a.mp4',
  model: { id: 'm', attention: 'joint', backbone: 'small' },
  video: {
    ...{ width: 60, height: 10, frames: 4, durationSeconds: 4, frameRate: 1 },
    ...{ damagedFrames: 0, missingFrames: 0 },
  },
  ...{ classes, frames, segments: [wave, bend], warnings: [] },
};

describe('parseResult', () => {
  it('reads version 1 as one actor of the best class with all boxes and its own segments', () => {
    const read = parseResult(first);
    const stretch = { startSeconds: 0, endSeconds: 1.5, score: 0.75 };
    expect(read.version).toBe(2);
    expect(read.actors).toEqual([
      {
        ...{ label: 'wave', score: 0.75, source: 'classFree' },
        ...{ boxes: [left, left, right, null], segments: [stretch] },
      },
    ]);
    expect(read.segments).toEqual([{ ...wave, actor: 0 }, bend]);
    expect(read.frames).toEqual(frames);
  });

  it('gives version 2 back as it is', () => {
    const second = parseResult(first);
    expect(parseResult(JSON.parse(JSON.stringify(second)))).toEqual(second);
    expect(Result.parse(second)).toEqual(second);
  });

  it('has no actor where the answer names no class', () => {
    expect(parseResult({ ...first, classes: [], segments: [] }).actors).toEqual([]);
  });

  it('names the file and the field at fault', () => {
    expect(() => parseResult({ ...first, version: 3 }, 'x.json')).toThrow(/x\.json > version/);
    expect(() => parseResult({ ...first, clip: 1 })).toThrow(/result > clip/);
  });

  it('refuses an actor with boxes for other frames, and a segment of an actor that is not there', () => {
    const { actors, ...second } = parseResult(first);
    const short = actors.map((actor) => ({ ...actor, boxes: [null] }));
    expect(() => parseResult({ ...second, actors: short })).toThrow(/actors > 0 > boxes.*expected 4 boxes/);
    const segments = [{ ...wave, actor: 1 }];
    expect(() => parseResult({ ...second, actors, segments })).toThrow(/segments > 0 > actor/);
  });
});

describe('classFreeActors', () => {
  it('gives each of several classes the boxes of its own segments, the most probable class first', () => {
    const { actors, segments } = classFreeActors({ classes, frames, segments: [bend, wave] });
    expect(actors.map(({ label, boxes }) => [label, boxes])).toEqual([
      ['wave', [left, left, null, null]],
      ['bend', [null, null, right, null]],
    ]);
    expect(segments.map(({ actor }) => actor)).toEqual([1, 0]);
  });

  it('gives one class every box, and the best class where there is no segment', () => {
    expect(classFreeActors({ classes, frames, segments: [bend] }).actors).toMatchObject([
      { label: 'bend', score: 0.25, boxes: [left, left, right, null] },
    ]);
    expect(classFreeActors({ classes, frames, segments: [] }).actors).toMatchObject([
      { label: 'wave', score: 0.75, segments: [] },
    ]);
  });
});
