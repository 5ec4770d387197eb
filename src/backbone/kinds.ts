// The backbones by the name that `config.json` and `--backbone` use.
import { WhereWhenError } from '../errors.js';
import type { Backbone } from './backbone.js';
import { small, type SmallSettings } from './small.js';

type Settings = { kind: string } & Record<string, unknown>;

const kinds: Readonly<Record<string, (settings: Settings) => Backbone>> = {
  small: (settings) => small(settings as Partial<SmallSettings>),
};

/** The names that `--backbone` takes. */
export const backboneKinds = Object.keys(kinds);

/** The backbone that `settings` (the `backbone` part of `config.json`) describe. */
export function createBackbone(settings: Settings): Backbone {
  const make = kinds[settings.kind];
  if (make) return make(settings);
  throw new WhereWhenError({
    code: 'format',
    path: 'backbone.kind',
    expected: `one of ${backboneKinds.join(', ')}`,
    received: settings.kind,
  });
}
