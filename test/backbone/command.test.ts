// `wherewhen backbone` as a process of its own.
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parametersOf } from '../../src/backbone/weights/read.js';
import { encodeSafetensors } from '../../src/model/index.js';
import { openFakeHub } from './fakeHub.js';
import { formulaWeights } from './formula.js';
import { tinyOnnx } from './tinyOnnx.js';
import { command } from '../cli/command.js';

const folder = mkdtempSync(join(tmpdir(), 'command-'));

function run(args: string[], environment: Record<string, string> = {}) {
  const env = { ...process.env, HF_HOME: folder, HF_HUB_CACHE: '', ...environment };
  return new Promise<{ code: number; out: string; said: string }>((done) => {
    execFile(process.execPath, [...command, 'backbone', ...args], { env }, (error, out, said) =>
      done({ code: error ? Number(error.code) : 0, out, said }),
    );
  });
}

describe('wherewhen backbone', () => {
  it('fetches weights, lists them as here, and says what they make of a frame', async () => {
    const settings = { kind: 'resnet18' };
    const hub = await openFakeHub(encodeSafetensors(formulaWeights(parametersOf(settings), 3)));
    const got = await run(['get', 'resnet18', '--json'], { HF_ENDPOINT: hub.url });
    await hub.close();
    expect(got.said).toMatch(/"kind":"progress"/);
    const { path } = JSON.parse(got.out) as { path: string };
    const listed = await run(['list', '--json']);
    const { weights } = JSON.parse(listed.out) as { weights: { name: string; path?: string }[] };
    expect(weights.find(({ name }) => name === 'resnet18.tv_in1k')!.path).toBe(path);
    expect(weights.filter((one) => one.path)).toHaveLength(1);
    expect((await run(['list'])).out).toMatch(
      /resnet50\.tv_in1k +102 +BSD-3-Clause +1024 x 14 x 14 \+ 2048 x 7 x 7 +\d+ +torchvision, IMAGENET1K_V1 +\(not here: backbone get resnet50\.tv_in1k\)/,
    );
    const info = await run(['info', 'resnet18#layer3+layer4', '--size', '64x96']);
    expect(info.code).toBe(0);
    expect(info.out).toMatch(/^resnet18: .*model\.safetensors\n/);
    expect(info.out).toMatch(
      /layer3: 256 x 6 x 4; cells look at 0 \+ 16 i across, 0 \+ 16 i down\nlayer4: 512 x 3 x 2; .* 32 i down\nstacked at centres: 768 x 6 x 4\nidentity: [0-9a-f]{64}/,
    );
  });

  it('tells what an ONNX file gives, and what is missing to read it', async () => {
    const file = join(folder, 'tiny.onnx');
    writeFileSync(file, tinyOnnx());
    const info = await run([
      'info',
      `onnx:${file}#fine+coarse`,
      '--preprocessing',
      'caffe',
      '--size',
      '12x8',
    ]);
    expect(info.out).toMatch(
      /frames: 12 x 8 \(stretch\), BGR, .*\nfine: 4 x 4 x 6; cells look at 0.5 \+ 2 i across, .*\ncoarse: 5 x 2 x 3; .*\nstacked at centres: 9 x 4 x 6/,
    );
    const auto = await run(['info', `onnx+caffe:${file}`]);
    expect(auto.out).toMatch(
      /fine: 4 x 4 x 6; .*\ncoarse: 5 x 2 x 3; .*\nstacked .*\ntensors that may be taken.*\n\* fine: 4 x 4 x 6, every 2 pixels, an output of the file\n\* coarse: 5 x 2 x 3, every 4 pixels/,
    );
    const bare = await run(['info', `onnx:${file}`]);
    expect([bare.code, bare.said]).toEqual([
      1,
      expect.stringMatching(/^error: .*tiny\.json: .*--preprocessing/),
    ]);
    expect(bare.said.trim().split('\n')).toHaveLength(1);
  });

  it('ends with exit code 1 without a network and 2 for wrong use, each with one line', async () => {
    const offline = await run(['get', 'resnet50'], { HF_HUB_OFFLINE: '1' });
    expect([offline.code, offline.said.trim().split('\n').length]).toEqual([1, 1]);
    expect(offline.said).toMatch(/bring model\.safetensors of timm\/resnet50\.tv_in1k .*--weights FILE/);
    expect((await run(['get', 'alexnet'])).code).toBe(2);
    expect((await run(['get'])).code).toBe(2);
    expect((await run(['fetch', 'resnet50'])).code).toBe(2);
  });
});
