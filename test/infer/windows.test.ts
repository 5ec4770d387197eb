import { describe, expect, it } from 'vitest';
import { predictWindows, type LongVideo, type WindowPredictor } from '../../src/infer/windows.js';
import type { Answer, SampledClip } from '../../src/infer/index.js';
import { parseModelConfig } from '../../src/model/index.js';
import { Result } from '../../src/result.js';

const n = 4;
const config = parseModelConfig({
  version: 1,
  classes: ['run', 'sit'],
  frames: n,
  transform: { size: { width: 1, height: 1 } },
  backbone: { kind: 'small' },
  attention: { form: 'joint' },
  grid: { channels: 1, height: 1, width: 1 },
  localize: { when: { rule: 'path', maximumSegments: 9 } },
});

/** A video of `count` frames, one a second, whose only byte is 200 from frame `change` on and 0 before. */
function video(count: number, change: number): LongVideo {
  async function* frames() {
    for (let index = 0; index < count; index++) {
      yield { index, timeSeconds: index, data: Uint8Array.of(index >= change ? 200 : 0, index, 0) };
    }
  }
  return {
    frames: frames(),
    info: {
      ...{ path: 'long.mp4', width: 100, height: 100, frames: count, durationSeconds: count, frameRate: 1 },
      ...{ isVariableRate: false, rotation: 0, codec: 'none', container: 'none' },
    },
    ...{ damagedFrames: 0, missingFrames: 0, warnings: [] },
  };
}

/** Answers `run` on dark and `sit` on bright frames; the box's left edge is the frame's place in its window. */
function predictor(when = {}, hasMaps = false): WindowPredictor & { windows: number[][] } {
  const windows: number[][] = [];
  const own = { ...config.localize, when: { ...(config.localize.when as object), ...when } };
  return {
    config: { ...config, localize: own },
    windows,
    async predict({ frames, indices, times }: SampledClip): Promise<Answer> {
      windows.push(indices);
      const isBright = indices.map((_, i) => frames[3 * i] === 200);
      const share = isBright.filter(Boolean).length / n;
      const answered = indices.map((index, i) => ({
        ...{ index, timeSeconds: times[i]!, weight: 1 / n, boxScore: 1 },
        box: [i, 0, i + 1, 1] as [number, number, number, number],
      }));
      const boxes = indices.map((index) => [index, 0, index + 1, 1]);
      const result = {
        model: { id: 'a', attention: 'joint', backbone: 'small' },
        frames: answered,
        actors: [{ label: 'run', boxes }],
      };
      const curves = Float32Array.from(isBright.flatMap((bright) => (bright ? [-2, 2] : [2, -2])));
      const probabilities = Float32Array.of(1 - share, share);
      const localization = { curves, ...(hasMaps && { actors: [] }) };
      return { result, localization, probabilities } as unknown as Answer;
    },
  };
}

describe('predictWindows', () => {
  it('looks at windows that reach half into each other, and repeats the last frame of a part window', async () => {
    const model = predictor();
    await predictWindows(model, video(9, 5), 'long.mp4');
    expect(model.windows).toEqual([
      [0, 1, 2, 3],
      [2, 3, 4, 5],
      [4, 5, 6, 7],
      [6, 7, 8, 8],
    ]);
  });

  it('says every frame once, cuts segments from the whole curve, and means the classes over windows', async () => {
    const result = await predictWindows(predictor(), video(8, 5), 'long.mp4');
    expect(Result.parse(result)).toEqual(result);
    expect(result.frames.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    // Windows 0-3, 2-5, 4-7 have 0, 1 and 3 bright frames of 4: the mean share is 1/3.
    expect(result.classes[0]).toMatchObject({ label: 'run' });
    expect(result.classes[0]!.probability).toBeCloseTo(2 / 3);
    // Frame 4 is the last dark one: the cut lies halfway between 4 s and 5 s.
    const found = [...result.segments].sort((a, b) => a.startSeconds - b.startSeconds);
    expect(found).toMatchObject([
      { label: 'run', startSeconds: 0, endSeconds: 4.5 },
      { label: 'sit', startSeconds: 4.5 },
    ]);
    expect(result.curves!.values[1]!.map(Math.sign)).toEqual([-1, -1, -1, -1, -1, 1, 1, 1]);
    expect(result.frames.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1);
  });

  it('takes the boxes of a class from its own map, window by window, and the clip’s where there is none', async () => {
    const { actors } = await predictWindows(predictor({}, true), video(8, 5), 'long.mp4');
    expect(actors.map(({ label, source }) => [label, source])).toEqual([
      ['run', 'classMap'],
      ['sit', 'classMap'],
    ]);
    expect(actors[0]!.boxes.map((box) => box?.[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(actors[1]!.boxes).toEqual(new Array(8).fill(null)); // no window names an actor of sit
    const alone = predictor({}, true);
    const asOne = async (...asked: Parameters<typeof alone.predict>): Promise<Answer> => {
      const answer = await alone.predict(...asked);
      const actors = answer.result.actors.map((actor) => ({ ...actor, source: 'classFree' as const }));
      return { ...answer, result: { ...answer.result, actors } };
    };
    const free = await predictWindows({ ...alone, predict: asOne }, video(8, 5), 'long.mp4');
    expect(free.actors[0]).toMatchObject({ label: 'run', source: 'classFree' });
    const without = await predictWindows(predictor(), video(8, 5), 'long.mp4');
    expect(without.actors[0]).toMatchObject({ label: 'run', source: 'classFree' });
    expect(without.actors[0]!.boxes.map((box) => box === null)).toEqual(
      [0, 0, 0, 0, 0, 1, 1, 1].map(Boolean),
    );
  });

  it('takes the surest window for a class that is told by itself, not the mean of all', async () => {
    // Windows 0-3, 2-5, 4-7, 6-9 of a video whose frames 4 and 5 alone are bright have 0, 1/2, 1/2 and 0 of them.
    const frames = async function* () {
      for (let index = 0; index < 10; index++)
        yield { index, timeSeconds: index, data: Uint8Array.of([4, 5].includes(index) ? 200 : 0, index, 0) };
    };
    const model = predictor({ probability: 'sigmoid' });
    const result = await predictWindows(model, { ...video(10, 10), frames: frames() }, 'long.mp4');
    expect(result.curves!.probability).toBe('sigmoid');
    const told = Object.fromEntries(result.classes.map(({ label, probability }) => [label, probability]));
    expect(told).toEqual({ run: 1, sit: 0.5 });
    // From run to sit and back are the two changes that from run to nothing and back would be.
    expect(result.segments.map(({ label }) => label).sort()).toEqual(['run', 'run', 'sit']);
  });

  it('cuts segments by the rule for long videos where there is one', async () => {
    const long = await predictWindows(predictor({ rule: 'step', longRule: 'path' }), video(8, 5), 'long.mp4');
    const path = await predictWindows(predictor({ rule: 'path' }), video(8, 5), 'long.mp4');
    const step = await predictWindows(predictor({ rule: 'step' }), video(8, 5), 'long.mp4');
    expect(long.segments).toEqual(path.segments);
    expect(step.segments).not.toEqual(path.segments);
  });

  it('holds the shortest and the longest segment of one window in a long video, and tells more than one', async () => {
    // Half of a window of 4 frames is 2: the last frame alone is bright, so `sit` is told from frame 10 on, halfway from 9; 4 are the longest.
    const rules = {
      rule: 'window',
      minimumShare: 0.5,
      smooth: 0,
      probability: 'sigmoid',
      maximumSegments: 1,
    };
    const { segments } = await predictWindows(predictor(rules), video(12, 11), 'long.mp4');
    expect(segments.map(({ label, startSeconds }) => [label, startSeconds])).toEqual([
      ['run', 0],
      ['run', 3.5],
      ['run', 7.5],
      ['sit', 9.5],
    ]);
  });

  it('takes a box from the window in which its frame lies deepest', async () => {
    const result = await predictWindows(predictor(), video(8, 5), 'long.mp4');
    // Frame 2 is place 2 of window 0 (1 from the edge) and place 0 of window 1; frame 3 is at the edge of window 0 and
    // place 1 of window 1.
    expect(result.frames[2]!.box![0]).toBe(2);
    expect(result.frames[3]!.box![0]).toBe(1);
  });

  it('answers for a video shorter than one window', async () => {
    const result = await predictWindows(predictor(), video(2, 5), 'short.mp4');
    expect(result.frames).toHaveLength(2);
    expect(result.segments).toMatchObject([{ label: 'run', startSeconds: 0 }]);
  });
});
