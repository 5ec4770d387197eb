// The head on one clip with parts of it taken away: what an audit asks, many variants in one run.
import { add, expand, input, mul, reshape, sub } from '../graph/index.js';
import type { ModelConfig } from './config.js';
import { attend } from './attention/forms.js';
import { answeredLogits, probabilitiesOf, type BuiltGraph } from './programs.js';
import { Scope } from './scope.js';

/**
 * Inputs `features [1,n,C,h,w]`, `fill [C]` and `keep [B,n,h,w]` for `B` variants; where `keep` is 0 a place holds `fill`.
 * Output `probabilities [B,K]`. A part is taken away from the features, behind the backbone: what a cell saw of its
 * neighbours stays in the neighbours.
 */
export function occlusionGraph({
  config,
  variants: B,
}: {
  config: ModelConfig;
  variants: number;
}): BuiltGraph {
  const { frames: n, grid, classes } = config;
  const { channels: C, height: h, width: w } = grid;
  const scope = new Scope({ training: false });
  const X = input('features', [1, n, C, h, w]);
  const fill = reshape(input('fill', [C]), [1, 1, C, 1, 1]);
  const keep = reshape(input('keep', [B, n, h, w]), [B, n, 1, h, w]);
  const away = expand(sub(X, fill), [B, n, C, h, w]);
  const seen = add(mul(away, keep), fill); //                            [B,n,C,h,w]
  const attention = attend(scope, seen, config.attention, { classes: classes.length });
  const probabilities = probabilitiesOf(config, answeredLogits(config, attention)); // [B,K]
  return { graph: { outputs: { probabilities }, updates: [] }, parameters: scope.parameters };
}
