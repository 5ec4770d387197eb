// The head on the features of a clip. One that looks at the actor has to find that actor first, by label-free maps that are
// outputs of its own, so it runs twice: for the maps, and then where the actor is.
import { flowWarnings, hasPairs } from '../motion/clipFlow.js';
import type { ClipFlow } from '../motion/index.js';
import type { ModelConfig } from '../model/index.js';
import type { Box } from '../result.js';
import type { Tensor, Tensors } from '../tensor.js';
import {
  actorFeeds,
  actorMotion,
  labelFreeLook,
  looksAtActor,
  looksAtFlow,
  looksAtMotion,
  outOfWindow,
} from './actorFeeds.js';
import { gridOf, windowOf } from './answer.js';
import type { ClipFacts } from './toResult.js';

/** Runs the graph of a head on inputs by their names. */
export type RunHead = (inputs: Tensors) => Promise<Tensors>;

/** What is known of the clip whose features a head is run on. */
export interface HeadClip {
  config: ModelConfig;
  clip: ClipFacts;
  /** The flow between its neighbouring frames, where somebody can look at those. */
  flow?: () => Promise<ClipFlow>;
}

/** Outputs of a head, what it was fed beside features, and the clip with what has to be said of that. */
export interface HeadRun {
  outputs: Tensors;
  feeds: Tensors;
  facts: ClipFacts;
}

/** Runs a head on features `[1,n,C,h,w]`. Throws what `flow` throws. */
export async function runHead(run: RunHead, features: Tensor, asked: HeadClip): Promise<HeadRun> {
  const { config, clip } = asked;
  if (!looksAtActor(config)) return { outputs: await run({ features }), feeds: {}, facts: clip };
  const [grid, window] = [gridOf(config), windowOf(config, clip)];
  const fed = (boxes: readonly (Box | null)[], motion?: Float32Array): Tensors =>
    batched(actorFeeds(config, { boxes, grid, picture: window, motion }));
  const everywhere = fed(new Array<null>(grid.frames).fill(null));
  const first = await run({ features, ...everywhere });
  const { foreground, change } = first;
  if (!foreground || !change) return { outputs: first, feeds: everywhere, facts: clip }; // nothing moved in training
  const maps = { foreground: foreground.data as Float32Array, change: change.data as Float32Array };
  const { frames: looks } = labelFreeLook(maps, { grid, picture: window, rules: config.localize });
  const boxes = looks.map(({ box }) => box);
  const { motion, warnings } = await motionOf(outOfWindow(boxes, window), asked);
  const feeds = fed(boxes, motion);
  const facts = { ...clip, warnings: [...clip.warnings, ...warnings] };
  return { outputs: await run({ features, ...feeds }), feeds, facts };
}

/** How the actor in boxes of the source picture moves, as far as the head asks and anybody can tell. */
async function motionOf(
  boxes: readonly (Box | null)[],
  { config, clip, flow }: HeadClip,
): Promise<{ motion?: Float32Array; warnings: string[] }> {
  if (!looksAtMotion(config)) return { warnings: [] };
  const timed = { boxes, times: clip.times };
  if (!looksAtFlow(config)) return { motion: actorMotion(timed, clip.info, config), warnings: [] };
  if (!flow) return { warnings: ['motion: not looked at, so the answer is by places alone'] };
  const known = await flow();
  const [first = 0, last = -1] = [known.frames[0], known.frames.at(-1)];
  const warnings = flowWarnings(known, last - first + 1);
  if (!hasPairs(known))
    return {
      warnings: [
        ...warnings,
        'motion: no two neighbouring frames of one scene, so the answer is by places alone',
      ],
    };
  return { motion: actorMotion(timed, clip.info, { ...config, flow: known }), warnings };
}

function batched(feeds: Tensors): Tensors {
  return Object.fromEntries(
    Object.entries(feeds).map(([name, one]) => [name, { ...one, shape: [1, ...one.shape] }]),
  );
}
