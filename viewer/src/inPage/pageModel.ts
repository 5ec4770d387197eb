// A model that runs in the page: its three files are fetched, and ONNX Runtime's own when the first is opened; where the page
// is one file they are parts of it.
import { openWebModel, webFiles, type WebModel } from '../../../src/infer/webModel.js';
import { openWebRuntime } from '../../../src/runtime/web/index.js';
import { fetchBytes, type OnBytes } from '../fetchBytes.js';
import { runtimeFiles } from './runtimeFiles.js';
import EngineWorker from '../../../src/runtime/web/webWorker.js?worker';

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
  const runtime = openWebRuntime({ worker: new EngineWorker(), files: await runtimeFiles() });
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(description));
    return await openWebModel({ description: parsed, backbone: backbone!, head: head! }, runtime);
  } catch (error) {
    await runtime.close();
    throw error;
  }
}
