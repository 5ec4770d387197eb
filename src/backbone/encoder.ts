// The backbone inside a model, as its config describes it.
import type { ModelConfig } from '../model/index.js';
import type { Backbone } from './backbone.js';
import { createBackbone } from './kinds.js';

/**
 * The backbone inside the model that `config` describes: none where it is frozen and stands beside the model, and its
 * trained stages where only a front of it is frozen.
 */
export function encoderOf({ backbone }: Pick<ModelConfig, 'backbone'>): Backbone | undefined {
  return backbone.isFrozen ? undefined : createBackbone(backbone);
}
