// ONNX Runtime as WebAssembly, as an engine needs it: in a page's worker, and in Node where there is no native build.
import type * as OrtWeb from 'onnxruntime-web';
import type { HostOnnxRuntime } from '../hostMemory.js';

/** What is needed of a build of the package: that of pages, or that of Node. */
export type WasmBuild = Pick<typeof OrtWeb, 'InferenceSession' | 'Tensor'>;

/** An engine's runtime over a build whose `env.wasm` was set. */
export function wasmRuntime({ InferenceSession, Tensor }: WasmBuild): HostOnnxRuntime {
  return {
    createSession: (model) =>
      typeof model === 'string' ? InferenceSession.create(model) : InferenceSession.create(model),
    createFixedSession: (model) => InferenceSession.create(model),
    // WebAssembly has a memory of its own, and results are copied out of it: given arrays are filled here.
    async runInto(session, feeds, results) {
      const found = await session.run(feeds, Object.keys(results));
      for (const [name, { data }] of Object.entries(results)) {
        (data as Float32Array).set(found[name]!.data as Float32Array);
      }
    },
    createTensor: (dtype, data, shape) => new Tensor(dtype as 'float32', data as Float32Array, shape),
  };
}
