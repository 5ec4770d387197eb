// Networks that the hub keeps, by name: ResNets of ImageNet as safetensors in timm's repositories (torchvision's weights and
// timm's own), and vision transformers of today as ONNX files. A licence that must be agreed to first keeps a network out of
// here: whoever has agreed names its file, `onnx:FILE` (docs/backbones.md).
import { usageError } from '../../errors.js';
import { knownPreprocessing, usualSize, type Preprocessing } from '../preprocessing.js';
import { resnetKinds, type ResnetKind } from '../resnet.js';

/** A network on the hub. */
export interface HubModel {
  /** timm's name, `resnet50.tv_in1k`, or our own. */
  name: string;
  /** As settings have it: of a ResNet, or `onnx`. */
  kind: ResnetKind | 'onnx';
  /** `OWNER/NAME` on the hub. */
  repository: string;
  file: string;
  /** Where they come from, for people. */
  about: string;
  /** SPDX; absent for weights that are not listed here. */
  licence?: string;
  /** Roughly, in millions of bytes; the hub says it exactly before a file is fetched. */
  megabytes?: number;
  /** What it makes of a frame of 224 x 224, one or two scales. */
  grid: string;
  /** Milliseconds of processor time a frame, where they were measured (docs/backbones.md). */
  milliseconds?: number;
  /** Of an ONNX file, as its repository says it. */
  preprocessing?: Preprocessing;
}

/** What is the same of all weights of a ResNet; milliseconds of `layer3+layer4` in batches of 8. */
const sizes: Readonly<Record<ResnetKind, Pick<HubModel, 'megabytes' | 'grid' | 'milliseconds'>>> = {
  resnet18: { megabytes: 47, grid: '256 x 14 x 14 + 512 x 7 x 7', milliseconds: 51 },
  resnet34: { megabytes: 87, grid: '256 x 14 x 14 + 512 x 7 x 7', milliseconds: 113 },
  resnet50: { megabytes: 102, grid: '1024 x 14 x 14 + 2048 x 7 x 7', milliseconds: 135 },
  resnet101: { megabytes: 179, grid: '1024 x 14 x 14 + 2048 x 7 x 7', milliseconds: 261 },
};

/** Trainings by the tag behind timm's model name, the usual one first. */
const trainings: readonly { tag: string; about: string; licence: string; kinds: readonly ResnetKind[] }[] = [
  { tag: 'tv_in1k', about: 'torchvision, IMAGENET1K_V1', licence: 'BSD-3-Clause', kinds: resnetKinds },
  {
    ...{ tag: 'tv2_in1k', about: 'torchvision, IMAGENET1K_V2', licence: 'BSD-3-Clause' },
    kinds: ['resnet50', 'resnet101'],
  },
  {
    ...{ tag: 'a1_in1k', about: 'timm, "ResNet strikes back" recipe A1', licence: 'Apache-2.0' },
    kinds: resnetKinds,
  },
];

const dino: Preprocessing = { ...knownPreprocessing.imagenet, size: usualSize, resize: 'crop' };
const siglip: Preprocessing = {
  ...{ channels: 'RGB', scale: 1 / 255, size: usualSize, resize: 'stretch' },
  ...{ mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
};

/** Transformers whose licences ask for nothing first. Files `X_fp16.onnx` and `X_int8.onnx` lie beside each `X.onnx`. */
const transformers: readonly HubModel[] = [
  ...precisions({
    ...{ name: 'dinov2-with-registers-small', about: 'DINOv2 with registers, ViT-S/14', megabytes: 88 },
    ...{ repository: 'onnx-community/dinov2-with-registers-small', file: 'onnx/model.onnx' },
    ...{ kind: 'onnx', licence: 'Apache-2.0', grid: '2 blocks of 384 x 16 x 16', preprocessing: dino },
  }),
  ...precisions({
    ...{ name: 'dinov2-small', about: 'DINOv2, ViT-S/14', megabytes: 88 },
    ...{ repository: 'onnx-community/dinov2-small', file: 'onnx/model.onnx' },
    ...{ kind: 'onnx', licence: 'Apache-2.0', grid: '2 blocks of 384 x 16 x 16', preprocessing: dino },
  }),
  ...precisions({
    ...{ name: 'siglip2-base-patch16-224', about: 'SigLIP 2, the half that looks, ViT-B/16', megabytes: 372 },
    ...{ repository: 'onnx-community/siglip2-base-patch16-224-ONNX', file: 'onnx/vision_model.onnx' },
    ...{ kind: 'onnx', licence: 'Apache-2.0', grid: '2 blocks of 768 x 14 x 14', preprocessing: siglip },
  }),
];

/** All networks that `get` knows by name; others of timm's plain ResNets are found by their full name. */
export const hubModels: readonly HubModel[] = [
  ...trainings.flatMap(({ tag, about, licence, kinds }) =>
    kinds.map((kind) => ({ ...resnetOf(kind, tag, about), licence })),
  ),
  ...transformers,
];

const fullName = /^(resnet\d+)\.([a-z0-9_]+_in\d+k[a-z0-9_]*)$/;

/** True for `resnet50`, `resnet50.a1_in1k` and `dinov2-small`; what else `--weights` may be is a file. */
export function isHubName(name: string): boolean {
  const isTransformer = transformers.some((model) => model.name === name);
  return isTransformer || resnetKinds.some((kind) => kind === (fullName.exec(name)?.[1] ?? name));
}

/** The weights called `name`; a bare `resnet50` means torchvision's first. Throws `usage` for an unknown name. */
export function findHubModel(name: string): HubModel {
  const [, kind, tag] = fullName.exec(name) ?? [];
  const known = hubModels.find((model) => model.name === name || model.kind === name);
  if (known && name !== 'onnx') return known;
  if (kind && tag && isHubName(name)) return resnetOf(kind as ResnetKind, tag, 'timm');
  throw usageError('backbone', `one of ${hubModels.map((model) => model.name).join(', ')}`, name);
}

function resnetOf(kind: ResnetKind, tag: string, about: string): HubModel {
  const name = `${kind}.${tag}`;
  return { name, kind, repository: `timm/${name}`, file: 'model.safetensors', about, ...sizes[kind] };
}

/** A file in single precision, and those of half and a quarter of its bytes. */
function precisions(model: HubModel & { megabytes: number }): HubModel[] {
  const lighter = (suffix: string, share: number, words: string): HubModel => ({
    ...{ ...model, name: `${model.name}-${suffix}`, about: `${model.about}, ${words}` },
    ...{ file: model.file.replace(/\.onnx$/, `_${suffix}.onnx`) },
    megabytes: Math.round(model.megabytes * share),
  });
  return [model, lighter('fp16', 1 / 2, 'half precision'), lighter('int8', 1 / 4, 'whole numbers of 8 bits')];
}
