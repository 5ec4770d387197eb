// Who acts, learnt before the first step of a run and beside its head: the foreground direction from the stored features, the
// check of both looks against each other, and scores of every class and of nothing from clips and mosaics. All of it comes
// from class labels alone; what needs the backbone again lies in the store afterwards.
import { classIndicesOf } from '../../dataset/clipClasses.js';
import { Random } from '../../random.js';
import type { Tensor } from '../../tensor.js';
import type { TrainListener } from '../events.js';
import { clipFacts } from './clipFacts.js';
import { actorNames } from '../../model/actors.js';
import { closerLook, type CloserOptions } from './closerLook.js';
import { compareLooks } from './compareLooks.js';
import { DirectionSums } from './direction.js';
import { planMosaics } from './mosaics.js';
import { mosaicSamples, type ActorSample } from './samples.js';
import { finestOf, rangesOf } from './scales.js';
import type { LearntActors } from './learnt.js';
import { closeLook, fitScores, learntOf } from './learntOf.js';
import { Seeing, storedFeatures, type ActorSource } from './seeing.js';

/** Learns who acts; undefined, with a note, where nothing moves in any clip. Throws the signal's reason. */
export async function learnActors(source: ActorSource): Promise<LearntActors | undefined> {
  const { recipe, frozen, classes, clips, listen } = source;
  const scales = rangesOf(frozen.scales);
  const scale = scales[finestOf(frozen.scales)]!;
  const sums = new DirectionSums(scales, scale);
  const samples: ActorSample[] = [];
  for (const [done, clip] of clips.entries()) {
    source.signal?.throwIfAborted();
    const { sides, row } = await clipFacts(clip, source);
    listen({ kind: 'foreground', done: done + 1, total: clips.length });
    sums.joinSides(sides);
    if (recipe.actors.mosaics > 0) samples.push({ row, label: classIndicesOf(clip) });
  }
  const { direction } = sums;
  if (!direction) {
    listen({
      kind: 'note',
      text: 'nothing moves in these clips: boxes are read without a foreground direction',
    });
    return undefined;
  }
  const featuresOf = async (place: number): Promise<Tensor> => {
    const all: Tensor[] = [];
    for await (const { features } of storedFeatures(source, [clips[place]!], scale)) all.push(features);
    return all[0]!;
  };
  await using seeing = new Seeing(source, scale);
  const looking = { ...source, direction, scale, seeing, rules: closeLook, featuresOf };
  const agreement = await compareLooks(looking);
  const isTrusted = agreement !== null && agreement >= recipe.actors.leastAgreement;
  const plan = planMosaics(
    clips.map((clip) => ({ classIndices: classIndicesOf(clip) })),
    recipe.actors.mosaics,
    Random.from(recipe.seed, 'mosaics'),
  );
  for (const [done, mosaic] of plan.entries()) {
    source.signal?.throwIfAborted();
    samples.push(...(await mosaicSamples(mosaic, { ...source, scale, seeing })));
    listen({ kind: 'mosaics', done: done + 1, total: plan.length });
  }
  tellHow(listen, { agreement, isTrusted, mosaics: plan.length, wanted: recipe.actors.mosaics });
  const { strength, close: isClose } = recipe.actors;
  const scores = plan.length > 0 ? fitScores(samples, { classes, strength }) : undefined;
  const near = scores && isTrusted && isClose ? await closeSamples(looking) : [];
  const closeScores = near.length > 0 ? fitScores(near, { classes, strength }, actorNames.close) : undefined;
  return learntOf({ direction, scale, scores, closeScores, isTrusted });
}

/** What each class and nothing look like in the squares of a second look. */
async function closeSamples(options: CloserOptions & ActorSource): Promise<ActorSample[]> {
  const { clips, classes, listen, signal } = options;
  const samples: ActorSample[] = [];
  for (const [place, clip] of clips.entries()) {
    signal?.throwIfAborted();
    const { thing, nothing } = await closerLook(place, options);
    samples.push({ row: thing, label: classIndicesOf(clip) });
    samples.push(...nothing.map((row) => ({ row, label: classes })));
    listen({ kind: 'squares', done: place + 1, total: clips.length });
  }
  return samples;
}

function tellHow(
  listen: TrainListener,
  {
    agreement,
    isTrusted,
    mosaics,
    wanted,
  }: { agreement: number | null; isTrusted: boolean; mosaics: number; wanted: number },
): void {
  const looks = agreement === null ? 'drew no box' : `agree to IoU ${agreement.toFixed(2)}`;
  const way = isTrusted ? 'boxes are those of the second' : 'too little, so boxes are those of one look';
  listen({ kind: 'note', text: `two looks at the training clips ${looks}: ${way}` });
  if (mosaics > 0 || wanted === 0) return;
  listen({
    kind: 'note',
    text: 'no mosaics of two classes can be made of these clips: who does what is not told apart',
  });
}
