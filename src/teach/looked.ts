// A clip on its way into the lesson: which of its frames are looked at, and what was made of them as a model's head takes it.
import { allFeatures } from '../store/features/read.js';
import type { Tensor, Tensors } from '../tensor.js';
import { frozenOf, type TeachBackbone } from './backbone.js';
import { storeLayout } from './layout.js';

/** Frames of a take, as the recipe on frozen features samples them unless it is told otherwise. */
export const takeShape = { frames: 16, sampling: 'even' } as const;

/** The scales that {@link takeFeatures} gave, laid on the finest: float32 `[n,C,h,w]`, as a model's `answer` takes it. Throws `format`. */
export function stackedFeatures(features: Tensors, backbone: TeachBackbone): Tensor {
  return allFeatures({ tensors: features, metadata: { layout: storeLayout(frozenOf(backbone)) } }, 'take');
}

/** A network that was trained with a model stays as it is when it is taught with: to the recipe it is a file like any other. */
export function asFile({ version, settings, backbone }: TeachBackbone): TeachBackbone {
  if (settings.kind !== 'small') return { version, settings, backbone };
  return { version, settings: { kind: 'onnx' }, backbone: { ...backbone, kind: 'onnx' } };
}
