// The model that runs in this page: fetched when it is first needed, one at a time, and kept while it is the chosen one.
import { signal } from '@preact/signals';
import type { WebModel } from '../../../src/infer/webModel.js';
import { unpackedUrl } from '../embedded.js';
import type { OnBytes } from '../fetchBytes.js';
import { addressOf } from '../source.js';
import { model } from '../store.js';
import { texts } from '../words/index.js';

/** What is being fetched, in words; empty when nothing is. */
export const fetching = signal('');

let opened: { key: string; model: Promise<WebModel> } | undefined;

/** The chosen model, opened in this page. Throws what is wrong in words that a reader understands. */
export async function localModel(): Promise<WebModel> {
  const entry = model.value;
  if (!entry) throw new Error(texts.value.here.noModel);
  const key = `${entry.key} ${entry.id}`;
  if (opened?.key !== key) {
    void opened?.model.then((older) => older.close()).catch(() => undefined);
    opened = { key, model: open(entry.key) };
    opened.model.catch(() => (opened = undefined)); // the next request tries again
  }
  return opened.model;
}

async function open(key: string): Promise<WebModel> {
  const onBytes: OnBytes = (done, total) => {
    fetching.value = texts.value.here.fetched(megabytes(done), total > 0 ? megabytes(total) : '');
  };
  fetching.value = texts.value.here.fetching;
  try {
    const { openPageModel } = await import('./pageModel.js'); // ONNX Runtime comes with it, not with the first view
    const folder = `models/${key}/web`;
    const at = async (name: string): Promise<string> =>
      (await unpackedUrl(`api/${folder}/${name}`)) ?? addressOf(`${folder}/${name}`);
    return await openPageModel(at, { onBytes });
  } finally {
    fetching.value = '';
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
