// ONNX Runtime's own reporting writes an identity into the home folder, a log beside temporary files, and to a server.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const silenced = `
  import { openRuntime } from './src/runtime/node.js';
  import { input } from './src/graph/expr.js';
  import { mul } from './src/graph/ops/elementwise.js';
  const runtime = await openRuntime({ threads: 1 });
  const program = await runtime.compile({ outputs: { y: mul(input('x', [1]), 2) }, updates: [] });
  const { y } = await program.run({ x: { dtype: 'float32', shape: [1], data: Float32Array.of(3) } });
  console.log(y.data[0]);
  await runtime.close();
`;

const bare = `
  import { InferenceSession } from 'onnxruntime-node';
  console.log((await InferenceSession.create('nothing.onnx').catch(() => 'loaded')));
`;

/** Runs a script in a home and a temporary folder of its own; resolves with what it printed and left there. */
async function traces(script: string): Promise<{ printed: string; left: string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'wherewhen-traces-'));
  try {
    const [HOME, TMPDIR] = [join(folder, 'home'), join(folder, 'tmp')];
    for (const one of [HOME, TMPDIR]) await mkdir(one);
    // An undefined variable is not handed on. Under CI, ONNX Runtime is silent by itself.
    const unset = { ORT_DISABLE_TELEMETRY: undefined, CI: undefined };
    const env = { ...process.env, ...unset, HOME, TMPDIR, XDG_CACHE_HOME: '', TSX_DISABLE_CACHE: '1' };
    const cwd = fileURLToPath(new URL('../..', import.meta.url));
    const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, env });
    const left = await readdir(folder, { recursive: true });
    return {
      printed: stdout.trim(),
      left: left.filter((name) => /mat-debug|onnxruntime|deviceid/i.test(name)),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

it('leaves no trace of it in the home folder or beside temporary files', async () => {
  expect(await traces(silenced)).toEqual({ printed: '6', left: [] });
});

// What the test above looks for is there where nobody silences it, so that it cannot pass by looking in the wrong place.
it.runIf(process.platform === 'linux')('would be seen there', async () => {
  const { printed, left } = await traces(bare);
  expect(printed).toBe('loaded');
  expect(left).not.toEqual([]);
});
