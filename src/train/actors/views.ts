// What the actor form learns from: of every clip where its actor is, the mean of its features there, and how it moves. Boxes come
// from the direction that was learnt without labels, flow from all neighbouring frames of the video.
import { factsFromFile } from '../../store/features/file.js';
import { FlowStore } from '../../store/motion/storedFlow.js';
import { middlePlaces } from '../../store/batches.js';
import type { StoredClip } from '../../store/index.js';
import {
  actorFeeds,
  actorMotion,
  labelFreeLook,
  looksAtDifference,
  looksAtFlow,
  looksAtMotion,
  outOfWindow,
} from '../../infer/actorFeeds.js';
import { pooledOf } from '../../infer/familiarity.js';
import type { MapGrid } from '../../localize/index.js';
import { actorInputs } from '../../model/attention/onActor.js';
import { hasPairs } from '../../motion/clipFlow.js';
import type { ClipFlow } from '../../motion/index.js';
import type { Box } from '../../result.js';
import type { Tensor } from '../../tensor.js';
import { keptWindow } from '../../video/resample.js';
import type { Size } from '../../video/index.js';
import { oversampleOf } from '../recipe/recipe.js';
import { directionOf, type ActorView, type ActorViews, type LearntActors } from './learnt.js';
import { mapsOfRoots } from './labelFreeMaps.js';
import { changesOf, channelsOf, rootsOf, weightedMean, type ScaleFeatures } from './scaleFeatures.js';
import { cellsOfFinest } from './scales.js';
import { storedFeatures, type ActorSource } from './seeing.js';

/** What views are made with. */
export interface ViewOptions extends ActorSource {
  /** The folder that flow is kept in. */
  cache: string;
  /** Without it, which is where nothing moves, the actor is the whole picture. */
  learnt: LearntActors | undefined;
}

/** Looks at all clips; flow is computed beside, on threads of its own. Throws what reading a video throws. */
export async function viewActors(options: ViewOptions): Promise<ActorViews> {
  const { clips, cache, learnt, listen, recipe, signal } = options;
  const flows = new FlowStore(cache);
  const hasFlow = learnt !== undefined && looksAtFlow(recipe);
  const coming = ahead(clips, async ({ path }) => (hasFlow ? flows.flowOf(path, { signal }) : undefined));
  const views = new Map<string, ActorView>();
  try {
    for await (const { clip, features } of storedFeatures(options, clips)) {
      const { value: flow } = await coming.next();
      views.set(clip.key, await viewOf(clip, { ...options, features, flow: flow as ClipFlow | undefined }));
      listen({ kind: 'actors', done: views.size, total: clips.length });
    }
  } finally {
    await coming.return(undefined);
    await flows.close();
  }
  return views;
}

async function viewOf(
  clip: StoredClip,
  options: ViewOptions & { features: Tensor; flow: ClipFlow | undefined },
): Promise<ActorView> {
  const { recipe, store, frozen, features, flow, learnt } = options;
  const { info, times: stored } = factsFromFile(await store.read(clip.key), store.fileOf(clip.key));
  const times = middlePlaces(recipe.frames, oversampleOf(recipe)).map((place) => stored[place]!);
  const window = keptWindow(info, frozen.size, frozen.resize);
  const roots = rootsOf(features, { start: 0, end: features.shape[1]! });
  const { boxes, grid } = boxesOf(features.shape, roots, window, options);
  const isMoving = learnt !== undefined && looksAtMotion(recipe);
  const timed = { boxes: outOfWindow(boxes, window), times };
  const motion = isMoving ? actorMotion(timed, info, { ...recipe, flow }) : undefined;
  const isKnown = !flow || hasPairs(flow); // as `runHead` answers: by places alone where no two frames can be compared
  const feeds = actorFeeds(recipe, { boxes, grid, picture: window, motion: isKnown ? motion : undefined });
  const shares = feeds[actorInputs.shares]!.data as Float32Array;
  const difference = looksAtDifference(recipe) ? weightedMean(changesOf(roots), shares) : undefined;
  return {
    ...{ feeds, pool: weightedMean(roots, shares), mean: pooledOf(features) },
    ...(motion && { motion }),
    ...(difference && { difference }),
  };
}

/** The boxes of one look, in pixels of the window; none where there is no direction. */
function boxesOf(
  [frames, , height, width]: Tensor['shape'],
  roots: ScaleFeatures,
  picture: Size,
  { learnt, frozen }: Pick<ViewOptions, 'learnt' | 'frozen'>,
): { boxes: (Box | null)[]; grid: MapGrid } {
  const cells = cellsOfFinest(frozen);
  const grid: MapGrid = { frames: frames!, height: height!, width: width!, cells };
  if (!learnt) return { boxes: new Array<null>(frames!).fill(null), grid };
  const { settings: scale, localize: rules } = learnt;
  const maps = mapsOfRoots(channelsOf(roots, scale), directionOf(learnt));
  return { boxes: labelFreeLook(maps, { grid, picture, rules }).frames.map(({ box }) => box), grid };
}

/** What `make` gives for each item in order, a few of them under way before they are asked for. */
async function* ahead<T, U>(items: readonly T[], make: (item: T) => Promise<U>): AsyncGenerator<U> {
  const pending: Promise<U>[] = [];
  let next = 0;
  try {
    while (next < items.length || pending.length > 0) {
      while (pending.length < aheadOf && next < items.length) {
        const coming = make(items[next++]!);
        coming.catch(() => undefined); // told where it is waited for
        pending.push(coming);
      }
      yield await pending.shift()!;
    }
  } finally {
    await Promise.allSettled(pending);
  }
}

/** Clips whose flow is under way at a time. */
const aheadOf = 8;
