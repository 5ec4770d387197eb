import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Rooms whose tests leave nothing behind in a process: they share a worker and what it has loaded, which saves minutes. */
const shared = [
  ...['metrics', 'localize', 'motion', 'page', 'evaluate', 'dataset', 'graph', 'teach'],
  ...['infer', 'backbone', 'report', 'store', 'savedModel', 'train', 'experiments', 'audit'],
].map((room) => `test/${room}/**/*.test.ts`);

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: 'shared', include: shared, isolate: false } },
      { extends: true, test: { name: 'rest', include: ['test/**/*.test.ts'], exclude: shared } },
    ],
    globalSetup: 'test/setup/startedModules.ts',
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
