// A model inside a page of yours: its three files are fetched from where `wherewhen export --web` put them, and computed in a
// web worker by onnxruntime-web.
import { missingError } from '../errors.js';
import { openWebModel, webFiles, type WebModel } from '../infer/webModel.js';
import { openWebRuntime, type OnnxRuntimeFiles } from '../runtime/web/index.js';

/** How a model is opened in a page. */
export interface OpenPageModelOptions {
  /** Addresses of `ort-wasm-simd-threaded.wasm` and `.mjs` of the package onnxruntime-web, or their bytes. */
  files: OnnxRuntimeFiles;
  /** The worker that computes, if not this package's own, for bundlers that do not follow `new URL(...)` into packages. */
  worker?: Worker;
  /** Default: the cores where the page is isolated from other origins (`crossOriginIsolated`), else 1. */
  threads?: number;
  signal?: AbortSignal;
}

/**
 * Opens the model whose files lie under the address `folder`. Throws `missing` for a file that is not there, `format` for a
 * description that does not fit, and the signal's reason.
 */
export async function openPageModel(
  folder: string | URL,
  { files, worker = ownWorker(), threads, signal }: OpenPageModelOptions,
): Promise<WebModel> {
  const runtime = openWebRuntime({ worker, files: absolute(files), threads });
  try {
    const names = [webFiles.description, webFiles.backbone, webFiles.head];
    const [description, backbone, head] = await Promise.all(
      names.map((name) => bytesAt(`${String(folder).replace(/\/$/, '')}/${name}`, signal)),
    );
    const parsed: unknown = JSON.parse(new TextDecoder().decode(description));
    return await openWebModel({ description: parsed, backbone: backbone!, head: head! }, runtime);
  } catch (error) {
    await runtime.close();
    throw error;
  }
}

function ownWorker(): Worker {
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

/** A worker resolves an address against its own script. */
function absolute({ wasm, mjs }: OnnxRuntimeFiles): OnnxRuntimeFiles {
  const seen = (file: string | Blob): string | Blob =>
    typeof file === 'string' ? new URL(file, document.baseURI).href : file;
  return { wasm: seen(wasm), mjs: seen(mjs) };
}

async function bytesAt(address: string, signal?: AbortSignal): Promise<Uint8Array> {
  const response = await fetch(address, { signal });
  if (!response.ok) {
    throw missingError(
      address,
      'a file of a model for pages',
      `status ${response.status}`,
      'wherewhen export --web',
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}
