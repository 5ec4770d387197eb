// What the answers for held-out clips come to: accuracy with its interval, what a mean pool and a guess reach on the same clips, and
// which classes are taken for each other. Clips of one group stand or fall together, so that draws are of whole groups.
import { bootstrapInterval, type ConfidenceInterval } from '../../metrics/bootstrap.js';
import { chance } from '../../metrics/trivial.js';
import { Random } from '../../random.js';
import type { LeftOutAnswer } from './heldAnswers.js';

/** A share of clips with its interval of 95 %. */
export interface HeldShare {
  accuracy: number;
  interval: ConfidenceInterval;
}

/** Clips of one class that were taken for another. */
export interface Confusion {
  truth: string;
  answer: string;
  clips: number;
  /** Held-out clips of the true class. */
  of: number;
}

/** Figures of the clips that were held out. */
export interface HeldFigures extends HeldShare {
  clips: number;
  groups: number;
  /** What the intervals draw: whole groups where there are several, else clips. */
  drawn: 'groups' | 'clips';
  /** What guessing reaches in the mean. */
  chance: number;
  meanPool?: HeldShare;
  /** The most frequent first. */
  confused: Confusion[];
}

/** Confusions that are told. */
const mostTold = 3;

/** The figures of `answers`, of which there is at least one; every draw is made from `seed`. */
export function heldFigures(
  answers: readonly LeftOutAnswer[],
  { classes, seed }: { classes: readonly string[]; seed: number },
): HeldFigures {
  const groups = new Set(answers.map(({ group }) => group)).size;
  const drawn = groups > 1 && groups < answers.length ? 'groups' : 'clips';
  const units = unitsOf(answers, drawn);
  const ofModel = shareOf(units, ({ answer }) => answer, seed);
  const hasMean = answers.every(({ meanAnswer }) => meanAnswer !== undefined);
  const guessed = answers.map(({ truth }) => chance(classes.length, 1, truth.length));
  return {
    ...{ clips: answers.length, groups, drawn, ...ofModel },
    chance: guessed.reduce((sum, one) => sum + one, 0) / answers.length,
    ...(hasMean && { meanPool: shareOf(units, ({ meanAnswer }) => meanAnswer!, seed) }),
    confused: confusionsOf(answers, classes).slice(0, mostTold),
  };
}

/** What is drawn together. */
function unitsOf(answers: readonly LeftOutAnswer[], drawn: 'groups' | 'clips'): LeftOutAnswer[][] {
  if (drawn === 'clips') return answers.map((one) => [one]);
  const units = new Map<string, LeftOutAnswer[]>();
  for (const one of answers) {
    const unit = units.get(one.group);
    if (unit) unit.push(one);
    else units.set(one.group, [one]);
  }
  return [...units.values()];
}

function shareOf(
  units: readonly LeftOutAnswer[][],
  answerOf: (one: LeftOutAnswer) => number,
  seed: number,
): HeldShare {
  const counts = units.map((unit) => ({
    right: unit.filter((one) => one.truth.includes(answerOf(one))).length,
    all: unit.length,
  }));
  const share = (drawn: Iterable<number>): number => {
    let [right, all] = [0, 0];
    for (const i of drawn) [right, all] = [right + counts[i]!.right, all + counts[i]!.all];
    return right / all;
  };
  const accuracy = share(counts.keys());
  const random = Random.from(seed, 'held-out interval');
  const isOneSided = accuracy === 0 || accuracy === 1; // every draw is the same: the draws say nothing
  const interval = isOneSided
    ? wilson(accuracy, units.length)
    : bootstrapInterval(units.length, share, { random });
  return { accuracy, interval };
}

/** The score interval of a share of `n` (Wilson 1927), 95 %. */
function wilson(share: number, n: number): ConfidenceInterval {
  const z = 1.959964;
  const middle = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n);
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half), level: 0.95 };
}

/** Pairs of classes, the most frequent first, then in the order of the classes; clips of several classes are left out. */
function confusionsOf(answers: readonly LeftOutAnswer[], classes: readonly string[]): Confusion[] {
  const single = answers.filter(({ truth }) => truth.length === 1);
  const pairs = new Map<number, number>();
  const totals = classes.map(() => 0);
  for (const { truth, answer } of single) {
    totals[truth[0]!]!++;
    if (truth[0] === answer) continue;
    const pair = truth[0]! * classes.length + answer;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  return [...pairs]
    .sort(([a, m], [b, n]) => n - m || a - b)
    .map(([pair, clips]) => {
      const k = Math.floor(pair / classes.length);
      return { truth: classes[k]!, answer: classes[pair % classes.length]!, clips, of: totals[k]! };
    });
}
