// The file that is written: names, weights inside it, metadata, and that it does not change from run to run.
import schema from 'onnx-proto';
import { describe, expect, it } from 'vitest';
import { add, conv, input, mul, parameter, relu, toOnnx, type Graph } from '../../src/graph/index.js';
import { float32 } from '../../src/tensor.js';
import { compile } from './evaluate.js';

function graph(): Graph {
  const [x, w] = [input('x', [2]), parameter('w', [2])];
  const y = relu(mul(x, w));
  return { outputs: { y, same: y, fed: x }, updates: [{ parameter: w, next: add(w, y) }] };
}

const read = (bytes: Uint8Array) => schema.onnx.ModelProto.decode(bytes);
const names = (list?: { name?: string | null }[] | null) => list?.map(({ name }) => name);

describe('toOnnx', () => {
  it('takes parameters as inputs and gives updates as next:NAME', () => {
    const { graph: written, opsetImport } = read(toOnnx(graph()));
    expect(names(written?.input)).toEqual(['x', 'w']);
    expect(names(written?.output)).toEqual(['y', 'same', 'fed', 'next:w']);
    expect(Number(opsetImport[0]!.version)).toBe(18);
  });

  it('writes one value under several names, and an input as an output', async () => {
    const { outputs, updates } = graph();
    const program = await compile(outputs, updates);
    const found = await program.run({ x: { shape: [2], data: [1, -2] }, w: { shape: [2], data: [3, 4] } });
    expect(found).toEqual({ y: [3, 0], same: [3, 0], fed: [1, -2], 'next:w': [6, 4] });
  });

  it('writes the same bytes for the same graph built twice', () => {
    expect(toOnnx(graph())).toEqual(toOnnx(graph()));
  });

  it('puts weights and metadata into the file', () => {
    const bytes = toOnnx(graph(), {
      weights: { w: float32([3, 4]) },
      metadata: { classes: 'run,jump' },
      producerVersion: '1.2',
    });
    const model = read(bytes);
    expect(names(model.graph?.input)).toEqual(['x']);
    expect(names(model.graph?.initializer)).toContain('w');
    expect(model.metadataProps[0]).toMatchObject({ key: 'classes', value: 'run,jump' });
    expect(model).toMatchObject({ producerName: 'wherewhen', producerVersion: '1.2' });
  });

  it('writes a file for others in plain operations, and one for us in fast ones', () => {
    const y = conv(input('x', [8, 64, 7, 7]), parameter('w', [64, 64, 3, 3]), { padding: 1 });
    const types = (bytes: Uint8Array) => read(bytes).graph?.node?.map(({ opType }) => opType);
    const weights = { w: float32(new Float32Array(64 * 64 * 9), [64, 64, 3, 3]) };
    expect(types(toOnnx({ outputs: { y }, updates: [] }, { weights }))).toEqual(['Conv']);
    expect(types(toOnnx({ outputs: { y }, updates: [] }))).not.toContain('Conv');
  });

  it('names a weight that is missing or has another shape', () => {
    expect(() => toOnnx(graph(), { weights: {} })).toThrow('toOnnx: weights must hold w');
    expect(() => toOnnx(graph(), { weights: { w: float32([1, 2, 3]) } })).toThrow(
      'w must be float32 [2], got float32 [3]',
    );
  });

  it('refuses one name for two values', () => {
    const y = add(input('x', [2]), input('x', [1]));
    expect(() => toOnnx({ outputs: { y }, updates: [] })).toThrow('one name must mean one value: x');
    expect(() => toOnnx({ outputs: { x: relu(input('x', [1])) }, updates: [] })).toThrow(
      'an output must not have the name of an input',
    );
  });
});
