// Vision transformers: their tokens as grids of patches, against plain arithmetic, and tensors inside any file as outputs.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import schema from 'onnx-proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findHubModel } from '../../src/backbone/hub/catalogue.js';
import { listCandidates } from '../../src/backbone/onnx/inspect.js';
import { openExtractor, parseBackboneSpec } from '../../src/backbone/index.js';
import { openOnnx } from '../../src/backbone/onnxFile.js';
import { preprocess } from '../../src/backbone/preprocessing.js';
import { repositoryFolder } from '../../src/backbone/hub/cache.js';
import { patchGrid } from '../../src/backbone/onnx/tokens.js';
import { Random } from '../../src/random.js';
import { openRuntime, type Runtime } from '../../src/runtime/index.js';
import type { Tensor } from '../../src/tensor.js';
import { tinyOnnx, withExternalWeights } from './tinyOnnx.js';
import { transformerByHand, transformerOnnx, type TransformerOptions } from './tinyTransformer.js';

const { onnx } = schema;
const folder = mkdtempSync(join(tmpdir(), 'tokens-'));
let made = 0;
let runtime: Runtime;
beforeAll(async () => {
  runtime = await openRuntime({ threads: 1 });
});
afterAll(() => runtime.close());

const size = { width: 24, height: 16 };
const preprocessing = {
  ...{ channels: 'RGB' as const, scale: 1 / 255, size, resize: 'stretch' as const },
  mean: [0.5, 0.5, 0.5] as [number, number, number],
  deviation: [0.5, 0.5, 0.5] as [number, number, number],
};

function written(bytes: Uint8Array): string {
  const file = join(folder, `net${made++}.onnx`);
  writeFileSync(file, bytes);
  return file;
}

/** Frames that are different everywhere. */
function noise(count: number, { width, height } = size): Tensor {
  const random = Random.from(5, 'frames');
  const data = Uint8Array.from({ length: count * height * width * 3 }, () => random.integer(0, 256));
  return { dtype: 'uint8', shape: [count, height, width, 3], data };
}

/** `[channel][cell]` of the second of two frames, by hand. */
function byHand(frames: Tensor, options: TransformerOptions, block?: number): number[][] {
  const pixels = preprocess(frames, preprocessing).data as Float32Array;
  return transformerByHand(pixels.subarray(pixels.length / 2), options, block);
}

function expectSecond({ data, shape }: Tensor, expected: number[][]): void {
  const second = Array.from(data.slice(data.length / 2), Number);
  expect(shape).toEqual([2, expected.length, 4, 6]);
  expected.flat().forEach((value, i) => expect(second[i]).toBeCloseTo(value, 4));
}

describe('a vision transformer', () => {
  it.each([0, 1, 5])(
    'with %i tokens before its patches gives its tokens as a grid of rows and columns, as plain arithmetic does',
    async (prefix) => {
      const file = written(transformerOnnx({ prefix }));
      await using extractor = await openOnnx({ file, preprocessing }, { runtime });
      const patch = { offset: 1.5, stride: 4, extent: 4 }; // pixels 0 .. 3 have their middle at 1.5
      expect(extractor.scales).toEqual([
        {
          ...{ name: 'last_hidden_state', channels: 6, height: 4, width: 6, prefixTokens: prefix },
          geometry: { x: patch, y: patch, source: 'graph' },
        },
      ]);
      const frames = noise(2);
      expectSecond(await extractor.extract(frames), byHand(frames, { prefix }));
    },
  );

  it('gives two of its blocks as two scales, whether they are outputs or only tensors inside', async () => {
    const options = { prefix: 1, also: ['block2'] };
    const frames = noise(2);
    const expected = [...byHand(frames, options, 2), ...byHand(frames, options)];
    for (const bytes of [transformerOnnx(options), transformerOnnx({ prefix: 1 })]) {
      const file = written(bytes);
      const outputs = ['block2', 'last_hidden_state'];
      await using extractor = await openOnnx({ file, preprocessing, outputs }, { runtime });
      expect(extractor.scales.map(({ name, prefixTokens }) => [name, prefixTokens])).toEqual([
        ['block2', 1],
        ['last_hidden_state', 1],
      ]);
      expectSecond(await extractor.extract(frames), expected);
      await using chosen = await openOnnx({ file, preprocessing, outputs: 'auto' }, { runtime });
      expect(chosen.scales.map(({ name }) => name)).toEqual(outputs); // two of its three blocks, and the end
      await using again = await openOnnx({ file, preprocessing, outputs }, { runtime });
      expect([chosen.identity, again.identity]).toEqual([extractor.identity, extractor.identity]);
    }
  });

  it('whose graph cannot be followed is laid out by the number of its tokens, and measured', async () => {
    const file = written(transformerOnnx({ prefix: 1, isHidden: true }));
    await using extractor = await openOnnx({ file, preprocessing }, { runtime });
    expect(extractor.scales[0]).toMatchObject({ height: 4, width: 6, prefixTokens: 1 });
    expect(extractor.notes[0]).toMatch(/where the cells of last_hidden_state look was .*Trilu/);
    const frames = noise(2);
    expectSecond(await extractor.extract(frames), byHand(frames, { prefix: 1 }));
    await using chosen = await openOnnx({ file, preprocessing, outputs: 'auto' }, { runtime });
    expect(chosen.scales.map(({ name }) => name)).toEqual(['last_hidden_state']); // not the grid of bare patches
  });

  it('that gives out nothing but a pooled answer is cut at two of its blocks', async () => {
    const model = onnx.ModelProto.decode(transformerOnnx({ prefix: 1 }));
    model.graph!.output = model.graph!.output!.filter(({ name }) => name === 'pooled');
    const file = written(onnx.ModelProto.encode(model).finish());
    await using chosen = await openOnnx({ file, preprocessing, outputs: 'auto' }, { runtime });
    expect(chosen.scales.map(({ name }) => name)).toEqual(['block2', 'block3']);
    const listed = await listCandidates(file, { runtime });
    expect(listed.filter(({ isTokens }) => isTokens).map(({ name }) => name)).toEqual([
      ...['attended1', 'block1', 'attended2', 'block2', 'attended3', 'block3'],
    ]);
    expect(listed.filter(({ isTaken }) => isTaken)).toMatchObject([
      { name: 'block2', channels: 6, rows: 4, columns: 6, stride: 4 },
      { name: 'block3', channels: 6, rows: 4, columns: 6, stride: 4 },
    ]);
  });

  it('of the hub is opened by its name, with the preprocessing of the list, at two of its blocks', async () => {
    const environment = { HF_HOME: mkdtempSync(join(folder, 'hub-')) };
    const settings = parseBackboneSpec('dinov2-small');
    await expect(openExtractor(settings, { runtime, environment })).rejects.toThrow(
      /backbone get dinov2-small.*bring onnx\/model\.onnx of onnx-community\/dinov2-small and name it: --backbone onnx:FILE/,
    );
    const model = findHubModel('dinov2-small');
    const repository = repositoryFolder(model, environment);
    const place = join(repository, 'snapshots', 'main', model.file);
    for (const one of [join(place, '..'), join(repository, 'refs')]) mkdirSync(one, { recursive: true });
    writeFileSync(place, transformerOnnx({ prefix: 1, width: 224, height: 224 }));
    writeFileSync(join(repository, 'refs', 'main'), 'main');
    await using extractor = await openExtractor(settings, { runtime, environment });
    expect(extractor.preprocessing).toEqual(model.preprocessing);
    expect(extractor.scales).toMatchObject([
      { name: 'block2', height: 56, width: 56 },
      { name: 'last_hidden_state', prefixTokens: 1 },
    ]);
  });

  it('takes the number of tokens before its patches from the JSON, and refuses one that leaves no grid', async () => {
    const file = written(transformerOnnx({ prefix: 5, isHidden: true }));
    await using given = await openOnnx(
      { file, preprocessing: { ...preprocessing, prefixTokens: 5 } },
      { runtime },
    );
    expect(given.scales[0]).toMatchObject({ height: 4, width: 6, prefixTokens: 5 });
    const opened = openOnnx({ file, preprocessing, prefixTokens: 2 }, { runtime });
    await expect(opened).rejects.toThrow(
      /last_hidden_state as the tokens of a frame of 24 x 16, got 29 tokens, 2 of them before the patches .*"prefixTokens"/,
    );
  });
});

describe('the number of tokens', () => {
  const square = (edge: number) => ({ size: { width: edge, height: edge } });

  it.each([
    ['of 16 pixels', 196, 224, [14, 14, 0]],
    ['and the class', 197, 224, [14, 14, 1]],
    ['of 14 pixels, class and four registers', 261, 224, [16, 16, 5]],
    ['of 16 pixels, class and four registers', 201, 224, [14, 14, 5]],
    ['of 32 pixels and the class', 50, 224, [7, 7, 1]],
    ['of 14 pixels of a larger frame', 1370, 518, [37, 37, 1]],
  ])('tells patches %s', (_, tokens, edge, [rows, columns, prefix]) => {
    expect(patchGrid(tokens, square(edge))).toEqual({ rows, columns, prefix });
  });

  it('tells none of a pooled answer, of queries, and of a frame that patches do not fill', () => {
    expect(patchGrid(1, square(224))).toBeUndefined();
    expect(patchGrid(100, square(224))).toBeUndefined();
    expect(patchGrid(16 * 16 + 1, square(230))).toBeUndefined();
    // 230 pixels hold 16 whole patches of 14, which is believed once the prefix is known
    expect(patchGrid(16 * 16 + 1, { ...square(230), prefix: 1 })).toEqual({
      rows: 16,
      columns: 16,
      prefix: 1,
    });
  });

  it('is measured against what the graph tells', () => {
    const given = { rows: 3, columns: 5 };
    expect(patchGrid(17, { ...square(224), given })).toEqual({ ...given, prefix: 2 });
  });
});

describe('a tensor inside a file', () => {
  const tiny = { ...preprocessing, size: { width: 12, height: 8 } };
  const frames = noise(2, tiny.size);

  /** The tiny network with its scales hidden: a vector is all that it gives out. */
  function closed(): Uint8Array {
    const model = onnx.ModelProto.decode(tinyOnnx());
    model.graph!.output = model.graph!.output!.filter(({ name }) => name === 'vector');
    return onnx.ModelProto.encode(model).finish();
  }

  it('is an output like those of the file, which stays as it is', async () => {
    const [open, shut] = [written(tinyOnnx()), written(closed())];
    const before = readFileSync(shut);
    const outputs = ['fine', 'coarse'];
    await using known = await openOnnx({ file: open, preprocessing: tiny, outputs }, { runtime });
    await using inner = await openOnnx({ file: shut, preprocessing: tiny, outputs }, { runtime });
    expect(inner.scales).toEqual(known.scales);
    expect(await inner.extract(frames)).toEqual(await known.extract(frames));
    expect(readFileSync(shut)).toEqual(before);
    expect(await inner.file!.model()).not.toEqual(new Uint8Array(before));
  });

  it('is found in a file with its weights beside it', async () => {
    const path = join(folder, 'weights.data');
    const file = written(withExternalWeights(closed(), 'weights.data', path));
    await using inner = await openOnnx({ file, preprocessing: tiny, outputs: ['fine'] }, { runtime });
    await using known = await openOnnx({ file: written(tinyOnnx()), preprocessing: tiny }, { runtime });
    expect(await inner.extract(frames)).toEqual(await known.extract(frames));
  });

  it('is refused by name where there is none, and two are chosen where none is named', async () => {
    const file = written(closed());
    await expect(openOnnx({ file, preprocessing: tiny, outputs: ['thin'] }, { runtime })).rejects.toThrow(
      /an output called thin, got vector .*backbone info FILE/,
    );
    await expect(openOnnx({ file, preprocessing: tiny }, { runtime })).rejects.toThrow(/an output float32/);
    await using chosen = await openOnnx({ file, preprocessing: tiny, outputs: 'auto' }, { runtime });
    expect(chosen.scales.map(({ name }) => name)).toEqual(['fine', 'coarse']);
  });

  it('of half precision comes as float32, and half a precision is all that is lost', async () => {
    const model = onnx.ModelProto.decode(tinyOnnx());
    const { graph } = model;
    const { FLOAT16 } = onnx.TensorProto.DataType;
    const attribute = [{ name: 'to', type: onnx.AttributeProto.AttributeType.INT, i: FLOAT16 }];
    graph!.node!.push(
      onnx.NodeProto.create({ opType: 'Cast', input: ['fine'], output: ['half'], attribute }),
    );
    const file = written(onnx.ModelProto.encode(model).finish());
    await using half = await openOnnx({ file, preprocessing: tiny, outputs: ['half'] }, { runtime });
    await using whole = await openOnnx({ file, preprocessing: tiny, outputs: ['fine'] }, { runtime });
    const [ours, full] = [await half.extract(frames), await whole.extract(frames)];
    const differences = Array.from(ours.data as Float32Array, (value, i) =>
      Math.abs(value - Number(full.data[i])),
    );
    expect(Math.max(...differences)).toBeGreaterThan(0);
    expect(Math.max(...differences)).toBeLessThan(0.005);
  });
});
