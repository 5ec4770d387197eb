// Which tool is taken when another is not there.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { hasFfmpeg } from './media.js';

vi.mock('../../src/video/nodeAv.js', () => ({
  loadNodeAv: () => Promise.reject(new Error('node-av is not installed')),
}));

beforeEach(() => vi.resetModules()); // the answer is kept, and each test asks anew
afterEach(() => vi.unstubAllEnvs());

test.skipIf(!hasFfmpeg)('without node-av an ffmpeg on PATH is taken', async () => {
  const { installedTool } = await import('../../src/video/decoders.js');
  expect(await installedTool()).toBe('ffmpeg');
});

test('without either there is one error that says how to get one', async () => {
  vi.stubEnv('PATH', '/nowhere');
  const { installedTool } = await import('../../src/video/decoders.js');
  await expect(installedTool()).rejects.toThrow(
    'video: node-av or an ffmpeg on PATH to read and write video, got neither (npm install node-av@6.1.1, or install ffmpeg)',
  );
});
