// The features of a clip: as the server's backbone computed them, or where there is no server, computed here from the
// clip's own video.
import type { WebModel } from '../../../src/infer/webModel.js';
import { decodeSafetensors } from '../../../src/model/safetensors.js';
import type { Tensor } from '../../../src/tensor.js';
import type { ClipInfo } from '../../../src/server/api.js';
import { addressOf } from '../source.js';
import { hasServer } from '../store.js';
import { texts } from '../words/index.js';

/** Features `[n,C,h,w]`. Throws what a reader understands. */
export function featuresOf(
  opened: WebModel,
  { key, info, signal }: { key: string; info: ClipInfo; signal: AbortSignal },
): Promise<Tensor> {
  return hasServer.value ? served(key, info.id, signal) : computed(opened, info, signal);
}

async function served(key: string, clip: string, signal: AbortSignal): Promise<Tensor> {
  const response = await fetch(addressOf(`models/${key}/clips/${clip}/features.safetensors`), { signal });
  if (!response.ok) throw new Error(texts.value.whatIf.noFeatures(response.status));
  const bytes = new Uint8Array(await response.arrayBuffer());
  return decodeSafetensors(bytes, 'features').tensors['features']!;
}

async function computed(opened: WebModel, info: ClipInfo, signal: AbortSignal): Promise<Tensor> {
  const response = await fetch(addressOf(`clips/${info.id}/video.mp4`), { signal });
  if (!response.ok) throw new Error(texts.value.whatIf.noVideo(response.status));
  const file = new File([await response.blob()], info.name);
  const { readClipFile } = await import('../../../src/web/clipFile.js');
  const { frames, sampling, transform } = opened.config;
  const clip = await readClipFile(file, { frames, sampling, ...transform }, { signal });
  const { width, height } = transform.size;
  return opened.features({ dtype: 'uint8', shape: [frames, height, width, 3], data: clip.frames });
}
