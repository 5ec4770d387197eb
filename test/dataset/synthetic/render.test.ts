// The pictures of a script: the same ones again, with the actor where the truth says.
import { describe, expect, test } from 'vitest';
import { actions, stage, actorPose, actsOf, isActing } from '../../../src/dataset/synthetic/script.js';
import { castClip } from '../../../src/dataset/synthetic/world.js';
import { renderClip, type RenderedPicture } from '../../../src/dataset/synthetic/render.js';

function pictures(seed: number, i: number): RenderedPicture[] {
  return [...renderClip(castClip(seed, i).script)];
}

function bytes({ buffer, byteOffset, byteLength }: Uint8ClampedArray): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

/** Mean of |a - b| over the colours of pixels whose middle lies inside `box`. */
function difference(a: RenderedPicture, b: RenderedPicture, [x0, y0, x1, y1]: readonly number[]): number {
  let [sum, count] = [0, 0];
  for (let y = Math.ceil(y0! - 0.5); y < y1! - 0.5; y++) {
    for (let x = Math.ceil(x0! - 0.5); x < x1! - 0.5; x++) {
      const p = 4 * (y * stage.width + x);
      for (let c = 0; c < 3; c++) sum += Math.abs(a.rgba[p + c]! - b.rgba[p + c]!);
      count += 3;
    }
  }
  return sum / count;
}

describe('renderClip', () => {
  test('paints the same bytes again, and other ones for another seed', () => {
    const [first, again, other] = [pictures(1, 3), pictures(1, 3), pictures(2, 3)];
    expect(again.map(({ box }) => box)).toEqual(first.map(({ box }) => box));
    first.forEach(({ rgba }, t) => expect(bytes(rgba).equals(bytes(again[t]!.rgba))).toBe(true));
    expect(bytes(first[0]!.rgba).equals(bytes(other[0]!.rgba))).toBe(false);
  });

  test.each(actions.map((action, i) => [action, i] as const))(
    '%s: one picture a frame, and a box inside the picture on every acting frame and no other',
    (_, i) => {
      const { script } = castClip(11, i);
      const clip = pictures(11, i);
      expect(clip).toHaveLength(script.frames);
      clip.forEach(({ rgba, box }, t) => {
        expect(rgba).toHaveLength(stage.width * stage.height * 4);
        expect(box !== null).toBe(isActing(script, t));
        if (!box) return;
        const [x0, y0, x1, y1] = box;
        const share = ((x1 - x0) * (y1 - y0)) / (stage.width * stage.height);
        expect(share).toBeGreaterThanOrEqual(0.04);
        expect(share).toBeLessThanOrEqual(0.2);
        expect(x0 >= 0 && y0 >= 0 && x1 <= stage.width && y1 <= stage.height).toBe(true);
      });
    },
  );

  test('of several actions the box is that of the actor who acts, and nobody has one in a pause', () => {
    const { script } = castClip(6, 1, 2);
    const clip = [...renderClip(script)];
    for (const [t, { box }] of clip.entries()) {
      const act = actsOf(script).find((one) => isActing(one, t));
      expect(box !== null).toBe(act !== undefined);
      if (!box || !act) continue;
      const { x, y } = actorPose(act, t);
      expect((box[0] + box[2]) / 2).toBeCloseTo(x, 0);
      expect((box[1] + box[3]) / 2).toBeCloseTo(y, 0);
    }
  });

  test('what acts is seen inside its box: the same scene without the act differs there and nowhere else', () => {
    const { script } = castClip(4, 2); // checks
    const acted = [...renderClip(script)];
    const idle = [...renderClip({ ...script, start: 0, end: 0 })];
    for (let t = script.start; t < script.end; t++) {
      const box = acted[t]!.box!;
      const whole = difference(acted[t]!, idle[t]!, [0, 0, stage.width, stage.height]);
      const inside = difference(acted[t]!, idle[t]!, box);
      const share = ((box[2] - box[0]) * (box[3] - box[1])) / (stage.width * stage.height);
      expect(inside).toBeGreaterThan(20);
      expect(inside * share).toBeGreaterThan(0.9 * whole); // antialiased edges may lie half a pixel outside
    }
    expect(difference(acted[script.end]!, idle[script.end]!, [0, 0, stage.width, stage.height])).toBe(0);
  });

  test('the four motions are lit alike: at the middle of the action one frame does not tell which it is', () => {
    const { script } = castClip(4, 4); // sweep-right
    const middle = { ...script, start: 10, end: 21 }; // frame 15 is the middle of eleven
    const [right, left] = (['sweep-right', 'sweep-left'] as const).map((action) => [
      ...renderClip({ ...middle, action }),
    ]);
    expect(bytes(right![15]!.rgba).equals(bytes(left![15]!.rgba))).toBe(true);
    expect(bytes(right![12]!.rgba).equals(bytes(left![12]!.rgba))).toBe(false);
  });
});
