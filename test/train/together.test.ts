import { expect, test } from 'vitest';
import { clipsAnswered } from '../../src/train/run/together.js';

const backbone = { kind: 'onnx', isFrozen: true };

test('two scales on a fine grid are answered clip by clip, one scale on a coarse grid in batches', () => {
  const fine = { channels: 1856, height: 14, width: 14 }; // 16 frames: 23.3 MB
  const coarse = { channels: 1024, height: 7, width: 7 }; // 3.2 MB, ten of which are in 33.5
  expect(clipsAnswered({ batch: 10, frames: 16 }, { grid: fine, backbone })).toBe(1);
  expect(clipsAnswered({ batch: 20, frames: 16 }, { grid: coarse, backbone })).toBe(10);
  expect(clipsAnswered({ batch: 4, frames: 16 }, { grid: coarse, backbone })).toBe(4);
  expect(clipsAnswered({ batch: 10, frames: 100 }, { grid: fine, backbone })).toBe(1);
});

test('where frames are what a model takes, a batch stays one', () => {
  const grid = { channels: 1856, height: 14, width: 14 };
  expect(clipsAnswered({ batch: 10, frames: 16 }, { grid, backbone: { kind: 'small' } })).toBe(10);
});
