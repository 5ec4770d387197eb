// `evaluate` in parts: the answers of every model on a part of the clips; whoever joins them scores.
import type { ClipEntry } from '../dataset/index.js';
import type { ScoreOptions } from '../evaluate/index.js';
import type { Divided, Part, PartDone, Piece } from '../scale/index.js';
import type { Predictor } from '../infer/index.js';
import type { AnswerClipsOptions } from '../savedModel/index.js';
import { sharedBeside } from './predictParts.js';

/** What answers come from besides the clips. */
export interface PartChoices {
  out: string;
  localize?: unknown;
  precision: string;
  looks?: 1 | 2;
  cache?: string;
}

/** The answers of the model in `folder`, as they are divided. */
export async function dividedEvaluation(
  folder: string,
  clips: readonly ClipEntry[],
  { out, localize, precision, looks, cache }: PartChoices,
): Promise<Divided> {
  const { dividedAnswers } = await import('../savedModel/index.js');
  const choices = { looks, precision, localize, isStored: cache !== undefined };
  return dividedAnswers(sharedBeside(out), { model: folder, paths: clips.map(({ path }) => path), choices });
}

/** Answers what is left of a part; `open` the model, which is closed at the end. */
export async function answerPartOf(
  divided: Divided,
  part: Part,
  paths: readonly string[],
  {
    open,
    onProgress,
    onBroken,
    ...options
  }: AnswerClipsOptions & Pick<ScoreOptions, 'onProgress' | 'onBroken'> & { open: () => Promise<Predictor> },
): Promise<PartDone> {
  const { makePart } = await import('../scale/index.js');
  const { answerClips, pieceOf } = await import('../savedModel/index.js');
  return makePart(divided, part, async function* (places): AsyncGenerator<{
    place: number;
    piece: Piece<unknown>;
  }> {
    if (places.length === 0) return;
    const predictor = await open();
    try {
      const own = places.map((place) => paths[place]!);
      let next = 0;
      for await (const outcome of answerClips(predictor, own, options)) {
        const piece = pieceOf(outcome);
        if ('error' in piece) onBroken?.(piece.error);
        yield { place: places[next++]!, piece };
        onProgress?.(next, own.length);
      }
    } finally {
      await predictor.close();
    }
  });
}

/** The answers of all parts, for {@link ScoreOptions.answers}. */
export async function answersOfParts(divided: Divided, shown: string): Promise<ScoreOptions['answers']> {
  const { gatheredAnswers } = await import('../savedModel/index.js');
  return (paths) => gatheredAnswers(divided, paths, shown);
}
