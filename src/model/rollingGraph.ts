// The head on a stream: one new frame goes in, with what was kept of those before it, and the answer on the last `n` comes out
// as `inferenceGraph` gives it for all of them. For heads that look at each place by itself until the softmax over the clip.
import { concat, mean, reshape, slice, stack, type Expr } from '../graph/index.js';
import { actorMaps, neighbourMean } from './actors.js';
import { jointOverClip, jointPlaces, type JointPlaces, type JointSettings } from './attention/joint.js';
import { meanPoolBeside } from './attention/meanPool.js';
import type { ModelConfig } from './config.js';
import { answeredLogits, lengthOf, probabilitiesOf, scaleLengths, type BuiltGraph } from './programs.js';
import { Scope } from './scope.js';

/** Joint attention without a context layer, of more than one frame. */
export type RollingConfig = ModelConfig & { attention: JointSettings };

/** Before the names of inputs that were kept, and of the outputs that are to be kept for the next frame. */
export const rollingNames = { kept: 'kept.', next: 'next.' } as const;

/** Can the head of this model be asked with one new frame at a time? Not with a context layer, nor with scores of who acts. */
export function canRoll(config: ModelConfig): config is RollingConfig {
  const { attention, actors, frames } = config;
  return attention.form === 'joint' && attention.contextFrames === 0 && frames > 1 && !actors?.hasClasses;
}

/**
 * Inputs: `features [1,1,C,h,w]` of the newest frame, where the model tells who acts `before` of the one before it, and
 * `kept.NAME [1,n-1,...]`. Outputs: those of `inferenceGraph` for all `n` frames, and `next.NAME`, the `kept.NAME` of the frame
 * that comes next.
 */
export function rollingGraph(config: RollingConfig): BuiltGraph {
  const scope = new Scope({ training: false });
  const { channels, height, width } = config.grid;
  const features = scope.input('features', [1, 1, channels, height, width]);
  const window = new RollingWindow(scope, config.frames);
  const seen = { scope, window, features, config };
  const attention = jointOverClip(joinedPlaces(seen));
  const logits = answeredLogits(config, attention);
  const outputs = {
    ...attention,
    logits,
    probabilities: probabilitiesOf(config, logits),
    norm: window.join('norm', lengthOf(features)), //                                      [1,n,h,w]
    ...scaleNorms(seen),
    ...labelFreeMaps(seen),
    ...meanPool(seen),
  };
  return { graph: { outputs: { ...outputs, ...window.next }, updates: [] }, parameters: scope.parameters };
}

/** Rows of the last `n` frames, of which only the newest is computed. */
class RollingWindow {
  /** What is to be kept, by the name of its output. */
  readonly next: Record<string, Expr> = {};

  constructor(
    readonly scope: Scope,
    readonly frames: number,
  ) {}

  /** Those kept and the newest `[1,1,...]`: `[1,n,...]`. */
  join(name: string, newest: Expr): Expr {
    const { frames: n } = this;
    const kept = this.scope.input(`${rollingNames.kept}${name}`, [1, n - 1, ...newest.shape.slice(2)]);
    const all = concat([kept, newest], 1);
    this.next[`${rollingNames.next}${name}`] = slice(all, { axis: 1, start: 1, end: n });
    return all;
  }
}

interface Seen {
  scope: Scope;
  window: RollingWindow;
  /** Of the newest frame, `[1,1,C,h,w]`. */
  features: Expr;
  config: RollingConfig;
}

function joinedPlaces({ scope, window, features, config }: Seen): JointPlaces {
  const { energy, evidence } = jointPlaces(scope, features, config.attention, config.classes.length);
  return { energy: window.join('energy', energy), evidence: window.join('evidence', evidence) };
}

function scaleNorms({ window, features, config }: Seen): Record<string, Expr> {
  const { scaleChannels = [] } = config.backbone;
  if (scaleChannels.length < 2) return {};
  const norms = scaleLengths(features, scaleChannels).map((norm, s) => window.join(`scaleNorm${s}`, norm));
  return { scaleNorms: stack(norms, 0) }; //                                               [S,1,n,h,w]
}

/** Of two frames alone, `change` is the step from the one to the other. */
function labelFreeMaps({ scope, window, features, config }: Seen): Record<string, Expr> {
  if (!config.actors) return {};
  const before = scope.input('before', features.shape);
  const pair = actorMaps(scope, concat([before, features], 1), config.actors, config.classes.length);
  const newest = (map: Expr): Expr => slice(map, { axis: 1, start: 1, end: 2 }); //        [1,1,h,w]
  const steps = window.join('step', newest(pair.change!)); //                              [1,n,h,w]
  return {
    foreground: window.join('foreground', newest(pair.foreground!)),
    change: neighbourMean(slice(steps, { axis: 1, start: 1, end: window.frames })),
  };
}

/** The mean of the frames' own logits: the mean pool is linear. */
function meanPool({ scope, window, features, config }: Seen): Record<string, Expr> {
  if (!config.meanPool) return {};
  const K = config.classes.length;
  const own = reshape(meanPoolBeside(scope, features, K), [1, 1, K]);
  return { meanPoolLogits: mean(window.join('meanPool', own), { axes: [1] }) }; //         [1,K]
}
