// A model that runs in the page: its three files are fetched, and ONNX Runtime's own when the first is opened; where the page
// is one file they are parts of it.
import ortMjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import ortWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { openWebModel, webFiles, type WebModel } from '../../../src/infer/webModel.js';
import { openWebRuntime } from '../../../src/runtime/web/index.js';
import { embeddedBlob } from '../embedded.js';
import EngineWorker from '../../../src/runtime/web/webWorker.js?worker';

/** Bytes that have come of all that are coming; `total` is 0 where the server does not say. */
export type OnBytes = (done: number, total: number) => void;

/** Opens the model whose files are found by `at`, name by name. Throws what a page can say of a failure. */
export async function openPageModel(
  at: (name: string) => Promise<string>,
  { signal, onBytes }: { signal?: AbortSignal; onBytes?: OnBytes } = {},
): Promise<WebModel> {
  const progress = new Map<string, [done: number, total: number]>();
  const bytesOf = async (name: string): Promise<Uint8Array> =>
    fetchBytes(await at(name), signal, (done, total) => {
      progress.set(name, [done, total]);
      const all = [...progress.values()];
      const sum = (which: 0 | 1): number => all.reduce((whole, one) => whole + one[which], 0);
      onBytes?.(sum(0), all.some(([, length]) => length === 0) ? 0 : sum(1));
    });
  const [description, backbone, head] = await Promise.all(
    [webFiles.description, webFiles.backbone, webFiles.head].map(bytesOf),
  );
  const [mjs, wasm] = await Promise.all([runtimeFile(ortMjs), runtimeFile(ortWasm)]);
  const files = { mjs: mjs!, wasm: wasm! };
  const runtime = openWebRuntime({ worker: new EngineWorker(), files });
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(description));
    return await openWebModel({ description: parsed, backbone: backbone!, head: head! }, runtime);
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

/** A worker resolves addresses against its own script: an absolute one, or the bytes of the page's own part. */
async function runtimeFile(address: string): Promise<string | Blob> {
  const { href, pathname } = new URL(address, document.baseURI);
  return (await embeddedBlob(`page/${pathname.split('/').at(-1)}`)) ?? href;
}

async function fetchBytes(
  address: string,
  signal: AbortSignal | undefined,
  onBytes: OnBytes,
): Promise<Uint8Array> {
  const response = await fetch(address, { signal });
  if (!response.ok || !response.body) throw new Error(`${address} answers with ${response.status}`);
  const total = Number(response.headers.get('Content-Length') ?? 0);
  const parts: Uint8Array[] = [];
  let done = 0;
  const reader = response.body.getReader();
  for (let step = await reader.read(); !step.done; step = await reader.read()) {
    parts.push(step.value);
    done += step.value.length;
    onBytes(done, total);
  }
  const whole = new Uint8Array(done);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
