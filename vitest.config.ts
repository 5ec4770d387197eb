import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Rooms of pure arithmetic: their tests share a worker and what it has loaded, which halves their time. */
const pure = ['metrics', 'localize', 'motion', 'page', 'evaluate'].map((room) => `test/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'pure', include: pure, isolate: false } },
      { extends: true, test: { name: 'rest', include: ['test/**/*.test.ts'], exclude: pure } },
    ],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    env: {
      ORT_DISABLE_TELEMETRY: '1', // for tests that load ONNX Runtime themselves
      XDG_CACHE_HOME: join(tmpdir(), 'wherewhen-test-cache'), // nothing is left in the cache of who runs the tests
      WHEREWHEN_BACKBONE: 'small', // commands of tests that name no backbone fetch none
    },
  },
});
