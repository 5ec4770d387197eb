import { describe, expect, it } from 'vitest';
import {
  joined,
  padded,
  pixelLine,
  placesOn,
  resized,
  samePads,
  sliced,
  tileAxis,
  windowed,
} from '../../../src/backbone/geometry/lines.js';

const pixels = pixelLine(224);

describe('a kernel that is moved over cells', () => {
  it('looks at the middle of what it covers: 7 with 3 of padding in steps of 2 covers -3 .. 3, then -1 .. 5', () => {
    const stem = windowed(pixels, { size: 7, stride: 2, before: 3, after: 3 });
    expect(stem).toEqual({ offset: 0, stride: 2, extent: 7, length: 112 });
    // 3 without padding covers cells 0 .. 2, which look at pixels 0, 2 and 4: the middle is 2, 4 pixels on 6
    expect(windowed(stem, { size: 3, stride: 2 })).toEqual({ offset: 2, stride: 4, extent: 11, length: 55 });
  });

  it('has a last window that is not full where lengths are rounded up, but none that begins in the padding', () => {
    expect(windowed(pixelLine(112), { size: 3, stride: 2, isCeil: true }).length).toBe(56); // 110, 111 and nothing
    // 5 cells and 1 of padding each side: windows begin at -1, 1, 3 and would at 5, which is padding
    const kernel = { size: 2, stride: 2, before: 1, after: 1 };
    expect(windowed(pixelLine(5), kernel).length).toBe(3);
    expect(windowed(pixelLine(5), { ...kernel, isCeil: true }).length).toBe(3);
    expect(windowed(pixelLine(6), { ...kernel, isCeil: true }).length).toBe(4); // -1, 1, 3 and 5
  });

  it('reaches over holes where it is dilated: 3 with 2 between covers 0, 2 and 4', () => {
    expect(windowed(pixels, { size: 3, dilation: 2 })).toEqual({
      offset: 2,
      stride: 1,
      extent: 5,
      length: 220,
    });
  });
});

describe('paddings that keep the length', () => {
  it('put an odd one behind, or before: 6 cells, 3 in steps of 2 need one', () => {
    expect(samePads(6, { size: 3, stride: 2 }, 'upper')).toEqual({ before: 0, after: 1 });
    expect(samePads(6, { size: 3, stride: 2 }, 'lower')).toEqual({ before: 1, after: 0 });
    expect(samePads(5, { size: 3, stride: 2 }, 'upper')).toEqual({ before: 1, after: 1 });
  });
});

describe('cells that are moved', () => {
  it('are padded, cut and taken apart where they look', () => {
    expect(padded(pixelLine(8), 2, 1)).toEqual({ offset: -2, stride: 1, extent: 1, length: 11 });
    expect(sliced(pixelLine(8), 1, 8, 3)).toEqual({ offset: 1, stride: 3, extent: 1, length: 3 }); // 1, 4, 7
  });

  it('lie a quarter before and behind the old ones when they are doubled with half-pixel centres', () => {
    const cells = { offset: 4, stride: 8, extent: 8, length: 5 }; // 4, 12, ..
    const twice = { scale: 2, length: 10, reach: 1 };
    expect(resized(cells, { ...twice, places: 'halfPixel' })).toMatchObject({ offset: 2, stride: 4 }); // 2, 6, 10, ..
    expect(resized(cells, { ...twice, places: 'asymmetric' })).toMatchObject({ offset: 4, stride: 4 });
    // first on first, last on last: 10 cells over 4 .. 36
    expect(resized(cells, { ...twice, places: 'corners' })).toMatchObject({ offset: 4, stride: 32 / 9 });
  });

  it('of branches look at the middle of all that these look at', () => {
    const a = { offset: 0, stride: 2, extent: 3, length: 9 }; // -1 .. 1
    const b = { offset: 2, stride: 2, extent: 5, length: 9 }; //  0 .. 4
    expect(joined([a, b])).toEqual({ offset: 1.5, stride: 2, extent: 6, length: 9 });
    expect(joined([a, a])).toEqual(a);
    expect(joined([a, { ...a, stride: 4 }])).toBeUndefined();
    expect(joined([a, { ...a, length: 8 }])).toBeUndefined();
  });

  it('of a coarser line are read at the finer ones: 16 i + 14 on 32 j + 30', () => {
    expect(placesOn({ offset: 30, stride: 32, extent: 1 }, { offset: 14, stride: 16, extent: 1 }, 4)).toEqual(
      [-0.5, 0, 0.5, 1],
    );
  });

  it('stand in the middles of tiles where nothing is known: 4 cells on 32 pixels at 3.5, 11.5', () => {
    expect(tileAxis(32, 4)).toEqual({ offset: 3.5, stride: 8, extent: 8 });
  });
});
