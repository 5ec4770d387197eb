// A backbone in one word, as `--backbone` takes it: `small`, `resnet50`, `resnet50.a1_in1k`, `resnet50#layer3+layer4`,
// `dinov2-small`, `onnx:FILE`, `onnx:FILE#features_14+features`, `onnx+caffe:FILE`, `model:FOLDER`.
import { modelKind, onnxKind, type BackboneSettings } from './kinds.js';
import { findHubModel, isHubName } from './hub/catalogue.js';

/** The settings that a word means; what it says of an unknown kind, `createBackbone` and `openExtractor` refuse. */
export function parseBackboneSpec(text: string): BackboneSettings {
  const folder = /^model:(.+)$/s.exec(text)?.[1];
  if (folder !== undefined) return { kind: modelKind, file: folder };
  const at = text.lastIndexOf('#');
  const base = at < 0 ? text : text.slice(0, at);
  const grids = at < 0 ? undefined : text.slice(at + 1).split('+');
  const outputs = grids && { outputs: grids };
  const [, preprocessing, named] = /^onnx(?:\+(\w+))?:(.+)$/s.exec(base) ?? [];
  const file = named ?? (/\.onnx$/i.test(base) ? base : undefined);
  if (file !== undefined)
    return { kind: onnxKind, file, ...(preprocessing && { preprocessing }), ...outputs };
  const stages = grids && { stages: grids };
  if (!isHubName(base)) return { kind: base, ...stages };
  const { kind, name } = findHubModel(base);
  if (kind === onnxKind) return { kind, weights: name, ...outputs };
  return { kind, ...(base !== kind && { weights: name }), ...stages };
}
