// The ImageNet ResNets that the hub keeps as safetensors, in timm's repositories: torchvision's weights and timm's own.
import { WhereWhenError } from '../../errors.js';
import { resnetKinds, type ResnetKind } from '../resnet.js';

/** Weights on the hub. */
export interface HubModel {
  /** timm's name, `resnet50.tv_in1k`. */
  name: string;
  kind: ResnetKind;
  /** `OWNER/NAME` on the hub. */
  repository: string;
  file: 'model.safetensors';
  /** Where they come from, for people. */
  about: string;
}

/** Trainings by the tag behind timm's model name, the usual one first. */
const trainings: readonly { tag: string; about: string; kinds: readonly ResnetKind[] }[] = [
  { tag: 'tv_in1k', about: 'torchvision, IMAGENET1K_V1', kinds: resnetKinds },
  { tag: 'tv2_in1k', about: 'torchvision, IMAGENET1K_V2', kinds: ['resnet50', 'resnet101'] },
  { tag: 'a1_in1k', about: 'timm, "ResNet strikes back" recipe A1', kinds: resnetKinds },
];

/** All weights that `get` knows by name; others of timm's plain ResNets are found by their full name. */
export const hubModels: readonly HubModel[] = trainings.flatMap(({ tag, about, kinds }) =>
  kinds.map((kind) => hubModel(kind, tag, about)),
);

const fullName = /^(resnet\d+)\.([a-z0-9_]+_in\d+k[a-z0-9_]*)$/;

/** True for `resnet50` and `resnet50.a1_in1k`; what else `--weights` may be is a file. */
export function isHubName(name: string): boolean {
  return resnetKinds.some((kind) => kind === (fullName.exec(name)?.[1] ?? name));
}

/** The weights called `name`; a bare `resnet50` means torchvision's first. Throws `usage` for an unknown name. */
export function findHubModel(name: string): HubModel {
  const [, kind, tag] = fullName.exec(name) ?? [];
  const known = hubModels.find((model) => model.name === name || model.kind === name);
  if (known) return known;
  if (kind && tag && isHubName(name)) return hubModel(kind as ResnetKind, tag, 'timm');
  throw new WhereWhenError({
    code: 'usage',
    path: 'backbone',
    expected: `one of ${hubModels.map((model) => model.name).join(', ')}`,
    received: name,
  });
}

function hubModel(kind: ResnetKind, tag: string, about: string): HubModel {
  const name = `${kind}.${tag}`;
  return { name, kind, repository: `timm/${name}`, file: 'model.safetensors', about };
}
