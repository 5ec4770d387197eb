import schema from 'onnx-proto';
import { expect, it, vi } from 'vitest';
import { decodeModel, input, relu, toOnnx } from '../../src/graph/index.js';

const { onnx } = schema;

it('of a Buffer a model is read as plain bytes: nothing in it is a Buffer, of which Node would warn', () => {
  const bytes = toOnnx({ outputs: { y: relu(input('x', [2])) }, updates: [] }, { metadata: { note: '' } });
  const { graph, metadataProps } = decodeModel(Buffer.from(bytes));
  expect(graph!.node!.map(({ opType }) => opType)).toEqual(['Relu']);
  expect(metadataProps!.map(({ key, value }) => [key, value])).toEqual([['note', '']]);
  const read = vi.spyOn(onnx.ModelProto, 'decode');
  decodeModel(Buffer.from(bytes));
  expect(read.mock.calls[0]![0]).not.toBeInstanceOf(Buffer);
});

it('bytes that are no model are one error at their file', () => {
  const bytes = toOnnx({ outputs: { y: relu(input('x', [2])) }, updates: [] });
  expect(() => decodeModel(bytes.subarray(0, bytes.length - 1), 'net.onnx')).toThrow(
    /^net\.onnx: a model by the schema of ONNX, got index out of range/,
  );
  expect(() => decodeModel(Uint8Array.of(7))).toThrow(/^ONNX model: a model by the schema of ONNX, got/);
});
