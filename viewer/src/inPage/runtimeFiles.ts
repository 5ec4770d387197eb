// ONNX Runtime's own files, as a worker of this page finds them.
import ortMjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import ortWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { OnnxRuntimeFiles } from '../../../src/runtime/web/index.js';
import { embeddedBlob } from '../embedded.js';

/** Addresses of both, or their bytes where the page is one file. */
export async function runtimeFiles(): Promise<OnnxRuntimeFiles> {
  const [mjs, wasm] = await Promise.all([fileAt(ortMjs), fileAt(ortWasm)]);
  return { mjs, wasm };
}

/** A worker resolves addresses against its own script: an absolute one, or the bytes of the page's own part. */
async function fileAt(address: string): Promise<string | Blob> {
  const { href, pathname } = new URL(address, document.baseURI);
  return (await embeddedBlob(`page/${pathname.split('/').at(-1)}`)) ?? href;
}
