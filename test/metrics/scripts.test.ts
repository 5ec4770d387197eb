import { describe, expect, it } from 'vitest';
import { scriptFrames, scriptIndices, ucf24Script } from '../../src/metrics/ucf24Script.js';
import { thumosScript, thumosScriptTimes, thumosOverlap } from '../../src/metrics/thumosScript.js';

describe('ucf101-24-script', () => {
  it('samples with the step floor(frames / 20) and keeps frames where the first tube has a box', () => {
    expect(scriptIndices(59)).toEqual(Array.from({ length: 20 }, (_, i) => 2 * i));
    expect(scriptIndices(3)).toEqual([0, 1, 2]);
    const tubes = [{ video: 'v', label: 'Run', start: 4, boxes: Array(3).fill([0, 0, 9, 9]) }];
    expect(scriptFrames({ video: 'v', frames: 40, tubes }).map(({ frame }) => frame)).toEqual([4, 6]);
  });

  it('scores answers and constant boxes on the same frames', () => {
    const frames = [0, 1].map((frame) => ({
      video: 'v',
      frame,
      truth: [80, 60, 240, 180] as [number, number, number, number],
    }));
    const { thresholds } = ucf24Script(frames, ({ frame }) => (frame === 0 ? [80, 60, 240, 180] : null));
    expect(thresholds.map(({ share }) => share)).toEqual([0.5, 0.5, 0.5, 0.5]);
    // whole frame: 161 * 121 / (320 * 240) = 0.2537
    expect(thresholds.map(({ trivial }) => trivial['whole frame'])).toEqual([1, 1, 1, 0]);
    expect(thresholds.map(({ trivial }) => trivial['centre box'])).toEqual([1, 1, 1, 1]);
  });
});

describe('the constant boxes of ucf101-24-script', () => {
  it.each<[string, [number, number, number, number]]>([
    ['centre box', [80, 60, 240, 180]],
    ['whole frame', [0, 0, 319, 239]],
  ])('%s is %j to the pixel', (name, truth) => {
    const { thresholds } = ucf24Script([{ video: 'v', frame: 0, truth }], () => null, [1]);
    expect(thresholds[0]!.trivial).toEqual({ 'centre box': 0, 'whole frame': 0, [name]: 1 });
    expect(thresholds[0]!.counts).toEqual({ own: 0, trivial: thresholds[0]!.trivial }); // of one frame
  });
});

describe('thumos14-script', () => {
  const isTrue = [...Array(10).fill(false), ...Array(30).fill(true), ...Array(10).fill(false)] as boolean[];

  it('cuts 10 + 30 + 10 frames around a true instance, fewer at the ends of the video', () => {
    const times = thumosScriptTimes({ startSeconds: 5, endSeconds: 8 }, 60);
    expect(times.map((t) => t.isTrue)).toEqual(isTrue);
    expect(times[0]!.timeSeconds).toBeCloseTo(4, 12);
    expect(times[10]!.timeSeconds).toBeCloseTo(5.05, 12);
    expect(thumosScriptTimes({ startSeconds: 0.5, endSeconds: 8 }, 8.55)).toHaveLength(5 + 30 + 5);
  });

  it('is the share of true frames that are kept, beside their IoU', () => {
    // Four true frames, two of them kept, and one beside them: 2 / 4, and 2 / (4 + 1).
    const clip = {
      ...{ weights: [0.3, 0.3, 0, 0.02, 0.3, 0], isTrue: [true, true, true, true, false, false] },
      isCorrect: true,
    };
    expect(thumosOverlap(clip)).toEqual({ recall: 0.5, iou: 0.4 });
    const shares = thumosScript([clip], [0.4, 0.5, 0.51]).thresholds;
    expect(shares.map(({ scriptRecall, keptIou }) => [scriptRecall, keptIou])).toEqual([
      [1, 1],
      [1, 0],
      [0, 0],
    ]);
    expect(thumosOverlap({ ...clip, isTrue: clip.isTrue.map(() => false) })).toEqual({ recall: 0, iou: 0 });
    expect(thumosOverlap({ ...clip, weights: [0], isTrue: [false] })).toEqual({ recall: 0, iou: 0 });
  });

  it('shows that keeping every frame recalls everything, where the IoU of kept frames does not', () => {
    const sure = { weights: isTrue.map(() => 0.03), isTrue, isCorrect: true };
    const { thresholds } = thumosScript([sure, { ...sure, isCorrect: false }], [0.5, 0.7]);
    expect(thresholds).toEqual([
      {
        threshold: 0.5,
        scriptRecall: 0.5,
        keptIou: 0.5,
        trivial: { 'every frame kept': 0.5, 'uniform weights': 0 },
      },
      {
        threshold: 0.7,
        scriptRecall: 0.5,
        keptIou: 0,
        trivial: { 'every frame kept': 0.5, 'uniform weights': 0 },
      },
    ]);
  });
});
