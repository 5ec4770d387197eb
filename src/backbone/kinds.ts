// The backbones by the name that `config.json` and `--backbone` use.
import { formatError } from '../errors.js';
import { ownValue } from '../ownValue.js';
import type { Backbone } from './backbone.js';
import { resnet, resnetKinds, type ResnetKind } from './resnet.js';
import { small, type SmallSettings } from './small.js';

/** The `backbone` part of `config.json`: a kind and the settings of that kind. */
export type BackboneSettings = { kind: string } & Record<string, unknown>;

const kinds: Readonly<Record<string, (settings: BackboneSettings) => Backbone>> = {
  small: (settings) => small(settings as Partial<SmallSettings>),
  ...Object.fromEntries(
    resnetKinds.map((kind) => [
      kind,
      (settings: BackboneSettings) => resnet({ ...settings, kind: kind satisfies ResnetKind }),
    ]),
  ),
};

/** The kinds that are written in the graph, and so can be trained. */
export const backboneKinds = Object.keys(kinds);

/** The kind of a frozen network from an ONNX file: only an extractor, nothing to train. */
export const onnxKind = 'onnx';

/** The kind of the backbone inside a model folder: frozen too. */
export const modelKind = 'model';

/**
 * The backbone that `settings` describe. Throws a `format` error for an unknown kind, and for `onnx`, which is frozen:
 * its features are computed by `openExtractor`.
 */
export function createBackbone(settings: BackboneSettings): Backbone {
  const make = ownValue(kinds, settings.kind);
  if (make) return make(settings);
  const isFrozen = settings.kind === onnxKind || settings.kind === modelKind;
  throw formatError(
    'backbone.kind',
    `one of ${backboneKinds.join(', ')}`,
    settings.kind,
    isFrozen ? 'a network from an ONNX file or a model folder is frozen: train on its features' : undefined,
  );
}
