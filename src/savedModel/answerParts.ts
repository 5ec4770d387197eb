// Answers that several processes make, each of its part of the clips: kept as they come, read as if one process had made them.
import { join } from 'node:path';
import { clipFingerprint } from '../dataset/fingerprint.js';
import { contentHash } from '../dataset/contentHash.js';
import { WhereWhenError } from '../errors.js';
import type { Answer } from '../infer/index.js';
import { gatherParts, hashOf, piecesFolder, type Divided, type Piece } from '../scale/index.js';
import { modelFiles } from './modelFolder.js';

/** The part of an {@link Answer} that is kept and scored; windows over a long video have a result alone. */
export type KeptAnswer = Pick<Answer, 'result'> &
  Partial<Pick<Answer, 'points' | 'probabilities' | 'meanPoolProbabilities'>>;

/** A kept answer, or why there is none. */
export type KeptOutcome = { path: string; answer: KeptAnswer } | { path: string; error: unknown };

/** As a line of a part's file holds it. */
interface KeptLine {
  result: Answer['result'];
  points?: Answer['points'];
  probabilities?: number[];
  meanPool?: number[];
}

/** Files read at a time to tell clips apart. */
const TOGETHER = 16;

/** What answers of clips come from: `model` is a folder, `choices` everything else that changes an answer. */
export async function dividedAnswers(
  shared: string,
  { model, paths, choices }: { model: string; paths: readonly string[]; choices: Record<string, unknown> },
): Promise<Divided> {
  const files = [modelFiles.config, modelFiles.weights].map((name) => contentHash(join(model, name)));
  const settings = { version: 1, model: await Promise.all(files), choices };
  const prints = await fingerprints(paths);
  return {
    folder: piecesFolder(shared, settings),
    keys: paths.map((path, i) => hashOf(path, prints[i]!)),
    dealtBy: prints,
  };
}

/** The fingerprint of each clip, several read at a time. */
export async function fingerprints(paths: readonly string[]): Promise<string[]> {
  const prints: string[] = [];
  for (let from = 0; from < paths.length; from += TOGETHER)
    prints.push(...(await Promise.all(paths.slice(from, from + TOGETHER).map(clipFingerprint))));
  return prints;
}

/** An outcome as it is kept. Throws what is no fault of the clip. */
export function pieceOf(outcome: KeptOutcome): Piece<KeptLine> {
  if ('error' in outcome) {
    if (outcome.error instanceof WhereWhenError) return { error: outcome.error };
    throw outcome.error;
  }
  const { result, points, probabilities, meanPoolProbabilities } = outcome.answer;
  return {
    value: {
      result,
      ...(points && { points }),
      ...(probabilities && { probabilities: [...probabilities] }),
      ...(meanPoolProbabilities && { meanPool: [...meanPoolProbabilities] }),
    },
  };
}

/** The answers of all parts in the order of the clips. Throws `missing` unless all are there. */
export async function* gatheredAnswers(
  divided: Divided,
  paths: readonly string[],
  shown: string,
): AsyncGenerator<KeptOutcome> {
  let place = 0;
  for await (const piece of gatherParts<KeptLine>(divided, shown)) {
    const path = paths[place++]!;
    if ('error' in piece) yield { path, error: piece.error };
    else {
      const { result, points, probabilities, meanPool } = piece.value;
      const answer: KeptAnswer = {
        result,
        ...(points && { points }),
        ...(probabilities && { probabilities: Float32Array.from(probabilities) }),
        ...(meanPool && { meanPoolProbabilities: Float32Array.from(meanPool) }),
      };
      yield { path, answer };
    }
  }
}
