// The flow of a clip as it is kept, and the rows of boxes that become known later.
import { describe, expect, it } from 'vitest';
import { clipRows, FLOW_ROW_NUMBERS, pairRows } from '../../src/motion/flowRows.js';
import { DenseFlow } from '../../src/motion/flow.js';
import { fieldOf, FlowRecorder } from '../../src/motion/clipFlow.js';
import { flowFromTensors, flowTensors, rowsOf, type ClipFlow } from '../../src/motion/index.js';
import { isCut } from '../../src/motion/cuts.js';
import type { Flow } from '../../src/motion/field.js';
import type { Box } from '../../src/result.js';
import { disc, picture, texture } from './pictures.js';

const size = { width: 160, height: 120 };
const box: Box = [50, 30, 110, 90];

/** A disc that moves to the left before a ground that moves to the right, then another scene. */
function record(frames: number, cutAt = Infinity): { flow: ClipFlow; fields: Flow[] } {
  const dense = new DenseFlow(size);
  const recorder = new FlowRecorder(size, { width: 80, height: 60 });
  const fields: Flow[] = [];
  for (let i = 0; i < frames; i++) {
    const shown =
      i < cutAt ? disc(90 - 2 * i, 60, i, 0) : (x: number, y: number) => texture(y + 300 + i, 2 * x);
    const flow = dense.next(picture(shown));
    if (!flow) continue;
    fields.push({ ...flow, u: flow.u.slice(), v: flow.v.slice() });
    recorder.add(flow, {
      frame: i - 1,
      startSeconds: (i - 1) / 10,
      endSeconds: i / 10,
      isCut: isCut(dense.fit()),
    });
  }
  return { flow: recorder.finish(), fields };
}

describe('FlowRecorder and rowsOf', () => {
  it('keeps a field in a byte a number to a hundredth of its longest motion', () => {
    const { flow, fields } = record(3);
    fields.forEach((field, i) => {
      const kept = fieldOf(flow, i);
      const worst = Math.max(...field.u.map((u, k) => Math.abs(u - kept.u[k]!)));
      expect(worst).toBeLessThan(0.01 * flow.largest[i]!);
    });
    expect([...flow.frames]).toEqual([0, 1]);
    expect(flow.seconds).toBeCloseTo(0.1, 6);
  });

  it('gives the rows that the fields themselves give', () => {
    const { flow, fields } = record(5);
    const found = rowsOf(flow, { boxes: [box, box], times: [0, 1] });
    const exact = clipRows(fields.map((field) => pairRows(field, box, { picture: size, seconds: 0.1 })));
    expect(found.pairs).toBe(4);
    found.rows.forEach((x, k) => expect(Math.abs(x - exact[k]!), `number ${k}`).toBeLessThan(0.05));
    expect(found.rows[24]!).toBeLessThan(-0.3); // the disc moves to the left
  });

  it('finds the cut, leaves it out and counts it', () => {
    const { flow } = record(6, 3);
    expect([...flow.cuts]).toEqual([0, 0, 1, 0, 0]);
    const found = rowsOf(flow, { boxes: [box], times: [0] });
    expect([found.pairs, found.cuts]).toEqual([4, 1]);
  });

  it('gives zeros for a clip of one frame, and where no box was found', () => {
    const none = new Float32Array(FLOW_ROW_NUMBERS);
    expect(rowsOf(record(1).flow, { boxes: [box], times: [0] })).toEqual({ rows: none, pairs: 0, cuts: 0 });
    expect(rowsOf(record(3).flow, { boxes: [null], times: [0] })).toEqual({ rows: none, pairs: 0, cuts: 0 });
  });

  it('gives zeros where nothing moves, and no NaN', () => {
    const dense = new DenseFlow(size);
    const recorder = new FlowRecorder(size, { width: 80, height: 60 });
    for (let i = 0; i < 3; i++) {
      const flow = dense.next(picture(() => 90));
      if (flow)
        recorder.add(flow, { frame: i - 1, startSeconds: 0, endSeconds: 0, isCut: isCut(dense.fit()) });
    }
    const flow = recorder.finish();
    expect([...flow.cuts]).toEqual([0, 0]);
    expect(rowsOf(flow, { boxes: [box], times: [0] }).rows.every((x) => x === 0)).toBe(true);
  });
});

describe('flowTensors', () => {
  it('comes back as it was', () => {
    const { flow } = record(4, 2);
    expect(flowFromTensors(flowTensors(flow))).toEqual(flow);
  });

  it('refuses tensors without one of its own', () => {
    const rest = flowTensors(record(2).flow);
    delete rest['flow.times'];
    expect(() => flowFromTensors(rest)).toThrow('flow.times');
  });
});

describe('isCut', () => {
  const fitOf = (a: Uint8Array, b: Uint8Array) => {
    const dense = new DenseFlow(size);
    dense.next(a);
    dense.next(b);
    return dense.fit();
  };

  it('is not deceived by a flash or by fast motion', () => {
    const flash = picture((x, y) => texture(x - 1, y) * 0.6 + 100);
    expect(isCut(fitOf(picture(texture), flash))).toBe(false);
    expect(
      isCut(
        fitOf(
          picture(texture),
          picture((x, y) => texture(x - 6, y)),
        ),
      ),
    ).toBe(false);
  });

  it('sees another scene, and a scene after black', () => {
    expect(
      isCut(
        fitOf(
          picture(texture),
          picture((x, y) => texture(y + 300, 2 * x)),
        ),
      ),
    ).toBe(true);
    expect(
      isCut(
        fitOf(
          picture(() => 0),
          picture(texture),
        ),
      ),
    ).toBe(true);
  });

  it('says that equal flat pictures fit', () => {
    expect(
      fitOf(
        picture(() => 9),
        picture(() => 9),
      ),
    ).toEqual({ residual: 0, correlation: 1 });
  });
});
