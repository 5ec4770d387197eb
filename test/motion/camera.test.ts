// The affine flow of the camera, on fields made by formula.
import { describe, expect, it } from 'vitest';
import { cameraFlow, removeCamera } from '../../src/motion/camera.js';
import { stillFlow, type Flow } from '../../src/motion/field.js';

const extent = { width: 80, height: 60 };
const actor = { x0: 30, y0: 15, x1: 50, y1: 45 };

/** u = 1 + 2 x, v = -0.5 + y with x and y from -1/2 to 1/2 across the field, and another motion inside a box. */
function field(inside?: { box: typeof actor; u: number; v: number }): Flow {
  const flow = stillFlow(extent);
  for (let y = 0, i = 0; y < 60; y++)
    for (let x = 0; x < 80; x++, i++) {
      const { box, u, v } = inside ?? { box: { x0: 0, y0: 0, x1: 0, y1: 0 }, u: 0, v: 0 };
      const isInside = x >= box.x0 && x < box.x1 && y >= box.y0 && y < box.y1;
      flow.u[i] = isInside ? u : 1 + 2 * ((x + 0.5) / 80 - 0.5);
      flow.v[i] = isInside ? v : -0.5 + ((y + 0.5) / 60 - 0.5);
    }
  return flow;
}

const expectCamera = (flow: Flow, box: typeof actor | null, digits = 4): void => {
  const { u, v } = cameraFlow(flow, box);
  [1, 2, 0].forEach((value, k) => expect(u[k]).toBeCloseTo(value, digits));
  [-0.5, 0, 1].forEach((value, k) => expect(v[k]).toBeCloseTo(value, digits));
};

describe('cameraFlow', () => {
  it('finds shift and zoom of a field that has nothing else', () => expectCamera(field(), null));

  it('does not look inside the box of the actor', () => {
    expectCamera(field({ box: actor, u: 30, v: -30 }), actor);
  });

  it('lets another person who moves outside the box count little', () => {
    const passer = { x0: 60, y0: 10, x1: 75, y1: 50 }; // an eighth of the picture
    expectCamera(field({ box: passer, u: -4, v: 3 }), actor, 1);
  });

  it('fits the whole picture where the box leaves nothing of it', () => {
    expectCamera(field(), { x0: -5, y0: -5, x1: 90, y1: 70 });
  });

  it('says zero of a still field', () => {
    const { u, v } = cameraFlow(stillFlow(extent), actor);
    expect([...u, ...v].map(Math.abs)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

describe('removeCamera', () => {
  it('leaves the motion of the actor against the ground', () => {
    const flow = field({ box: actor, u: 3, v: 0 });
    removeCamera(flow, cameraFlow(flow, actor));
    expect(flow.u[5 * 80 + 5]).toBeCloseTo(0, 4);
    const middle = 30 * 80 + 40; // x = 40.5 / 80 - 1/2 = 0.00625, y = 30.5 / 60 - 1/2 = 0.00833
    expect(flow.u[middle]).toBeCloseTo(3 - 1.0125, 4);
    expect(flow.v[middle]).toBeCloseTo(0.5 - 0.00833, 4);
  });
});
