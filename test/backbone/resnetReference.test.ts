// Agreement with torchvision on weights given by a formula. Other folders and salts:
// WHEREWHEN_RESNET_REFERENCE=FOLDER WHEREWHEN_RESNET_SALT=N npx vitest run test/backbone/resnetReference.test.ts
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fitWeights } from '../../src/backbone/weights/fit.js';
import { resnet, type ResnetKind } from '../../src/backbone/resnet.js';
import { input, mean, toOnnx } from '../../src/graph/index.js';
import { decodeSafetensors, Scope } from '../../src/model/index.js';
import { openRuntime } from '../../src/runtime/index.js';
import type { Tensor } from '../../src/tensor.js';
import { formulaFrames, formulaWeights } from './formula.js';

const folder = resolve(process.env.WHEREWHEN_RESNET_REFERENCE ?? '../shared/reference/resnet');
const salt = Number(process.env.WHEREWHEN_RESNET_SALT ?? 7);
const kinds = (existsSync(folder) ? readdirSync(folder) : [])
  .map((name) => /^(resnet\d+)\.safetensors$/.exec(name)?.[1] as ResnetKind | undefined)
  .filter((kind) => kind !== undefined);

/** The largest difference, as a share of the largest expected number. */
function gap(ours: Tensor, expected: Tensor): number {
  const [a, b] = [ours.data as Float32Array, expected.data as Float32Array];
  let [worst, scale] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    worst = Math.max(worst, Math.abs(a[i]! - b[i]!));
    scale = Math.max(scale, Math.abs(b[i]!));
  }
  return worst / scale;
}

describe.skipIf(kinds.length === 0)(
  `a ResNet against the reference (${folder}, absent ones are skipped)`,
  () => {
    it.each(kinds)("%s gives torchvision's features within 1e-4 of the largest", async (kind) => {
      const path = join(folder, `${kind}.safetensors`);
      const expected = decodeSafetensors(readFileSync(path), path).tensors;
      const shape = [2, 3, 96, 128];
      const scope = new Scope({ training: false });
      const frames = input('frames', shape);
      const layer4 = resnet({ kind }).forward(scope, frames);
      const layer3 = resnet({ kind, stages: ['layer3'] }).forward(scope, frames);
      const outputs = { layer4, 'layer3.mean': mean(layer3, { axes: [2, 3] }) };
      const { parameters } = scope;
      const weights = fitWeights(formulaWeights(parameters, salt), { parameters, path: kind });
      await using runtime = await openRuntime({ threads: 1 });
      const feeds = { frames: formulaFrames(shape, salt) };
      const asked = await runtime.compile({ outputs, updates: [] });
      await runtime.write(weights);
      const fromState = await asked.run(feeds);
      const file = await runtime.openModel(toOnnx({ outputs, updates: [] }, { weights }));
      const fromFile = await file.run(feeds);
      for (const name of Object.keys(expected)) {
        expect(fromState[name]!.shape).toEqual(expected[name]!.shape);
        const gaps = [gap(fromState[name]!, expected[name]!), gap(fromFile[name]!, expected[name]!)];
        if (process.env.WHEREWHEN_SHOW) console.log(kind, name, gaps);
        expect(Math.max(...gaps)).toBeLessThan(1e-4);
      }
    });
  },
);
