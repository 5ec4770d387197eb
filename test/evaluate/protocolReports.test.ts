import { describe, expect, it } from 'vitest';
import { DetectionReport, detectionReport } from '../../src/evaluate/index.js';
import { protocolNamed } from '../../src/evaluate/protocols/protocols.js';
import { TubeReport, tubeReport } from '../../src/evaluate/reports/tubeReport.js';
import { type TubeDetection } from '../../src/metrics/index.js';
import type { Box } from '../../src/result.js';

describe('detectionReport', () => {
  const truth = [
    { video: 'v', label: 'dive', startSeconds: 0, endSeconds: 10 },
    { video: 'w', label: 'dive', startSeconds: 40, endSeconds: 50 },
  ];
  const perfect = truth.map((segment, i) => ({ ...segment, score: i }));
  const durations = new Map([
    ['v', 10],
    ['w', 100],
  ]);

  it('sets whole videos beside the figure: right for the video that is all dive, wrong for the other', () => {
    const report = detectionReport(perfect, truth, { protocol: 'activitynet', thresholds: [0.5], durations });
    const [at] = report.thresholds;
    expect(at!.mAP).toBe(1);
    // Ranked by score, w's whole video misses and v's finds: precision 1/2 at recall 1/2.
    expect(at!.trivial['whole video, same classes']).toBe(1 / 4);
    // [2.5, 7.5] in [0, 10] has IoU 0.5; [25, 75] in [40, 50] has 0.2
    expect(at!.trivial['middle half, same classes']).toBe(1 / 4);
    expect(at!.verdict).toBe('above');
    expect(DetectionReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('says in words when an image-blind baseline is as good', () => {
    const none = detectionReport([], truth, { protocol: 'thumos14', thresholds: [0.3], durations });
    expect(none.words[0]).toMatch(
      /^mAP at 0.3: 0.0 %; an image-blind baseline is as good: whole video, every class/,
    );
  });
});

describe('tubeReport', () => {
  const size = { width: 320, height: 240 };
  const tube = (box: Box): TubeDetection => ({
    video: 'v',
    label: 'run',
    start: 3,
    boxes: Array(4).fill(box),
    score: 1,
  });

  it('keeps class, score and frames and puts constant boxes in', () => {
    const report = tubeReport([tube([0, 0, 50, 50])], [tube([0, 0, 50, 50])], size);
    expect(report.figures['videoMap0.5:0.95']).toMatchObject({
      value: 1,
      trivial: { 'centre box': 0, 'whole frame': 0 },
      verdict: 'above',
    });
    expect(report.words).toEqual([]);
    expect(TubeReport.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  });

  it('says that the centre box wins where the truth lies in the middle', () => {
    const report = tubeReport([tube([0, 0, 50, 50])], [tube([80, 60, 240, 180])], size);
    expect(report.figures['frameMap0.5'].verdict).toBe('below');
    expect(report.words).toHaveLength(4);
    expect(report.words[0]).toBe(
      'frame-mAP at 0.5: 0.0 %; an image-blind baseline is as good: centre box (100.0 %)',
    );
  });
});

describe('protocolNamed', () => {
  it('lists the names when it knows none of that name', () => {
    expect(protocolNamed('thumos14').thresholds).toHaveLength(7);
    expect(() => protocolNamed('ucf')).toThrow(/one of clips, ucf101, hmdb51, .* got ucf/);
  });
});
