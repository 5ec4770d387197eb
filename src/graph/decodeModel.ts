// Reads the bytes of an ONNX model by the official schema.
import schema from 'onnx-proto';

const { onnx } = schema;

/** An ONNX model as the schema has it. */
export type OnnxModel = InstanceType<typeof onnx.ModelProto>;

/**
 * The model in these bytes. Throws what the schema throws for bytes that are none. The bytes are read as plain ones: of an empty text
 * in a `Buffer` protobufjs 6.11 makes one by `new Buffer(0)`, of which Node warns on standard error.
 */
export function decodeModel(bytes: Uint8Array): OnnxModel {
  return onnx.ModelProto.decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}
