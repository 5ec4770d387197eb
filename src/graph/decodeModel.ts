// Reads the bytes of an ONNX model by the official schema.
import schema from 'onnx-proto';
import { formatError } from '../errors.js';

const { onnx } = schema;

/** An ONNX model as the schema has it. */
export type OnnxModel = InstanceType<typeof onnx.ModelProto>;

/**
 * The model in these bytes. Throws `format` for bytes that are none; `path` is where they come from. ONNX Runtime is less strict
 * than the schema: it loads some files that end too early. The bytes are read as plain ones: of an empty text in a `Buffer`
 * protobufjs 6.11 makes one by `new Buffer(0)`, of which Node warns on standard error.
 */
export function decodeModel(bytes: Uint8Array, path = 'ONNX model'): OnnxModel {
  try {
    return onnx.ModelProto.decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  } catch (cause) {
    throw formatError(path, 'a model by the schema of ONNX', (cause as Error).message, undefined, cause);
  }
}
