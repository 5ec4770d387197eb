// The frozen backbone that takes are seen with, as a page has it: an ONNX file and how it is run. `train` and `export --web`
// write the same facts.
import { z } from 'zod';
import { stackedGrid } from '../backbone/backbone.js';
import { tileGeometry } from '../backbone/geometry/find.js';
import { WebModelDescription } from '../infer/webModel.js';
import { ModelConfig, parseWith } from '../model/config.js';
import type { Frozen } from '../train/data/frozen.js';
import { takePrecision } from './take.js';

/** A backbone as `backbone.json` says it. */
export const TeachBackbone = z.strictObject({
  version: z.literal(1),
  /** The `backbone` part of a model's config. */
  settings: ModelConfig.shape.backbone,
  /** How `backbone.onnx` is run. */
  backbone: WebModelDescription.shape.backbone,
});
/** A backbone as `backbone.json` says it. */
export type TeachBackbone = z.infer<typeof TeachBackbone>;

/** The backbone that the parsed JSON of `backbone.json`, or of the `model.json` of any model for pages, describes. Throws `format`. */
export function parseBackbone(value: unknown, path: string): TeachBackbone {
  const isModel = typeof value === 'object' && value !== null && 'config' in value;
  if (!isModel) return parseWith(TeachBackbone, value, path);
  const { config, backbone } = parseWith(WebModelDescription, value, path);
  return { version: 1, settings: config.backbone, backbone };
}

/** What a model on its features must know of it. */
export function frozenOf({ settings, backbone }: TeachBackbone): Frozen {
  const { identity, preprocessing, outputs, alignment = 'tiles', kind } = backbone;
  const { size, resize } = preprocessing;
  const scales = backbone.scales.map((one) => ({
    ...one,
    geometry: one.geometry ?? tileGeometry(one, size),
  }));
  return {
    backbone: {
      ...settings,
      ...(kind === 'onnx' && { outputs: scales.map(({ name }) => name) }),
      scaleChannels: scales.map(({ channels }) => channels),
      geometry: scales.map(({ geometry }) => geometry),
      ...(outputs.length > 1 && { alignment }),
      preprocessing,
      weightsHash: identity,
      isFrozen: true,
      stored: takePrecision,
    },
    ...{ identity, grid: stackedGrid(scales), scales, size, resize },
  };
}
