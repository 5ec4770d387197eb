import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
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
