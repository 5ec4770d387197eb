import { describe, expect, it } from 'vitest';
import { type AnnotatedClip, truthOf } from '../../../src/dataset/formats/index.js';
import { parseTruth } from '../../../src/evaluate/soundTruth.js';

const video = { width: 340, height: 256, frameRate: 25, durationSeconds: 4 };
/** A box of 32 x 24 with its left edge here. */
const boxOf = (x: number): [number, number, number, number] => [x, 0, x + 32, 24];
const clip = (change: Partial<AnnotatedClip> = {}): AnnotatedClip => ({
  clip: 'Dive/a',
  labels: ['Dive'],
  width: 320,
  height: 240,
  segments: [],
  boxUnit: 'pixels',
  tracks: [
    {
      id: '1',
      label: 'Dive',
      boxes: [50, 51].map((frame) => ({ frame, timeSeconds: null, box: [0, 0, 32, 24] })),
    },
  ],
  ...change,
});

describe('truthOf', () => {
  it('scales boxes to the decoded picture and takes the extent of a track without gaps', () => {
    const truth = truthOf(clip(), video);
    expect(truth).toMatchObject({ label: 'Dive', startSeconds: 2, endSeconds: 2.08, width: 340 });
    expect(truth.frames[0]).toEqual({ index: 50, timeSeconds: 2, box: [0, 0, 34, 25.6] });
    expect(parseTruth({ version: 1, clips: { 'Dive/a': truth } }).clips['Dive/a']).toEqual(truth);
  });

  it('takes segments where there are any, and the whole clip where boxes are on chosen frames', () => {
    const segments = [{ label: 'Dive', startSeconds: 1, endSeconds: 3 }];
    expect(truthOf(clip({ segments }), video)).toMatchObject({
      startSeconds: 1,
      endSeconds: 3,
      instances: segments,
    });
    const sampled = clip();
    sampled.tracks[0]!.boxes[1]!.frame = 60;
    expect(truthOf(sampled, video)).toMatchObject({ startSeconds: 0, endSeconds: 4 });
  });

  it('keeps every track where there are several, each with its class', () => {
    const one = clip();
    const other = { id: '2', label: 'Swim', boxes: [{ frame: 51, timeSeconds: null, box: boxOf(32) }] };
    const truth = truthOf({ ...one, labels: ['Dive', 'Swim'], tracks: [...one.tracks, other] }, video);
    expect(truth.frames.map(({ index }) => index)).toEqual([50, 51]);
    expect(truth.actors).toEqual([
      { label: 'Dive', frames: truth.frames },
      { label: 'Swim', frames: [{ index: 51, timeSeconds: 2.04, box: [34, 0, 68, 25.6] }] },
    ]);
    expect(truthOf(one, video)).not.toHaveProperty('actors');
  });

  it('turns parts of the picture to pixels and times to frames', () => {
    const boxes = [
      { frame: null, timeSeconds: 1.02, box: [0, 0.5, 0.5, 1] as [number, number, number, number] },
    ];
    const parts = clip({ boxUnit: 'parts', tracks: [{ id: '1', label: 'Dive', boxes }] });
    expect(truthOf(parts, video).frames).toEqual([{ index: 26, timeSeconds: 1.02, box: [0, 128, 170, 256] }]);
  });
});
