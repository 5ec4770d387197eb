// The empty sequence that a program gets in front of its own outputs (nodeSession.ts says why), as bytes: made beside the
// caller, which has the ONNX schema at hand, so that the engine's thread need not load it.
import schema from 'onnx-proto';
import { fence } from './nodeSession.js';

/** A model of nothing but the fence. Encoded messages that follow each other are one merged message. */
export function fenceBytes(): Uint8Array {
  const { ModelProto, TensorProto } = schema.onnx;
  const elements = { tensorType: { elemType: TensorProto.DataType.FLOAT } };
  return ModelProto.encode({
    graph: {
      node: [{ opType: 'SequenceEmpty', name: fence, output: [fence] }],
      output: [{ name: fence, type: { sequenceType: { elemType: elements } } }],
    },
  }).finish();
}
