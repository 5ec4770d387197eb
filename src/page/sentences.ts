// A Result in words: for readers, for screen readers and for the terminal.
import type { Actor, ActorSegment, Box, Result } from '../result.js';
import { actingBoxes, shownActors, shownWithoutActor } from './actors.js';
import { said } from './pageWords.js';

/** What a Result says, one sentence each: the class, each actor with its place and time, and what went wrong. */
export function sentences(result: Result): string[] {
  const { unseen = [], video } = result;
  const { notLookedAt, stop } = said();
  const left = unseen.length > 0 ? [`${notLookedAt(timesOf(unseen, video.durationSeconds))}${stop}`] : [];
  return [answerSentence(result), ...actorSentences(result), ...left, ...brokenSentences(result)];
}

/** How many stretches of time one sentence may hold: an actor with more is told stretch by stretch. */
const STRETCHES = 3;

/**
 * Who does what, a sentence each, in order of time: "Wave, right.", "Bend, left, from 0.4 s." A time that is the whole clip
 * is left unsaid, and so is an actor of whom nothing else is known. Which actors are told: page/actors.ts.
 */
export function actorSentences(result: Result): string[] {
  const { frames, video } = result;
  const shown: Telling[] = [
    ...shownActors(result).flatMap((actor) =>
      split(actor).map((part) => ({ ...part, place: placePath(actingBoxes(part, frames), video) })),
    ),
    ...shownWithoutActor(result).flatMap((one) => split(one).map((part) => ({ ...part, place: '' }))),
  ];
  const start = ({ segments }: Telling): number => segments[0]?.startSeconds ?? 0;
  const score = ({ segments }: Telling): number => segments[0]?.score ?? 0;
  return shown
    .sort((a, b) => start(a) - start(b) || score(b) - score(a))
    .map(({ label, place, segments }) => [words(label), place, timesOf(segments, video.durationSeconds)])
    .filter(([, place, times]) => place !== '' || times !== '')
    .map((parts) => `${sentenceCase(parts.filter(Boolean).join(said().comma))}${said().stop}`);
}

/** What one sentence tells of. */
interface Telling {
  label: string;
  place: string;
  segments: ActorSegment[];
}

/** One actor, its segments in order of time, or one for each segment where there are many. */
function split<A extends Pick<Actor, 'segments'>>(actor: A): A[] {
  const segments = [...actor.segments].sort((a, b) => a.startSeconds - b.startSeconds);
  if (segments.length <= STRETCHES) return [{ ...actor, segments }];
  return segments.map((segment) => ({ ...actor, segments: [segment] }));
}

/** "until 1.2 s and from 2.0 s to 3.5 s"; empty for the whole clip. */
function timesOf(segments: readonly Omit<ActorSegment, 'score'>[], durationSeconds: number): string {
  const t = said();
  const edge = Math.min(0.1, 0.02 * durationSeconds); // nobody would call this a part of the clip
  const times = segments.map(({ startSeconds, endSeconds }) => {
    const isFromStart = startSeconds <= edge;
    const isToEnd = endSeconds >= durationSeconds - edge;
    if (isFromStart && isToEnd) return '';
    if (isFromStart) return t.until(seconds(endSeconds));
    return isToEnd ? t.from(seconds(startSeconds)) : t.span(seconds(startSeconds), seconds(endSeconds));
  });
  return times.includes('') ? '' : t.listed(times);
}

/** "Diving, sure (93 %)." with the runner-up where it comes close; "Diving (93 %) and running (80 %)." where both are there. */
export function answerSentence(result: Result): string {
  const { classes } = result;
  const [first, second] = classes;
  const t = said();
  if (!first) return t.noAnswer;
  const several = classes.filter(({ probability }) => probability > 0.5); // more than one only where each is told by itself
  if (several.length > 1) {
    const named = several.map(({ label, probability }) => `${words(label)}${t.share(percent(probability))}`);
    return `${sentenceCase(t.listed(named))}${t.stop}`;
  }
  const rival =
    second && second.probability > first.probability / 3
      ? t.rival(words(second.label), t.share(percent(second.probability)))
      : '';
  const how = t.sure[sureness(first.probability, maySaySure(result))];
  const share = t.share(percent(first.probability));
  return `${sentenceCase(words(first.label))}${t.comma}${how}${share}${rival}${t.stop}`;
}

/** "upper left", or "upper left to lower right" where the place changes on the way; empty without boxes. */
export function placePath(boxes: readonly Box[], picture: { width: number; height: number }): string {
  if (boxes.length === 0) return '';
  const third = Math.max(1, Math.floor(boxes.length / 3));
  const from = placeOf(meanBox(boxes.slice(0, third)), picture);
  const to = placeOf(meanBox(boxes.slice(-third)), picture);
  return from === to ? placeOf(meanBox(boxes), picture) : said().moving(from, to);
}

/** Which ninth of the picture a box's centre lies in: "upper left", "left", "centre", ... */
export function placeOf([x0, y0, x1, y1]: Box, { width, height }: { width: number; height: number }): string {
  const column = ninth((x0 + x1) / 2 / width);
  const row = ninth((y0 + y1) / 2 / height);
  return said().places[row]![column]!;
}

function ninth(share: number): 0 | 1 | 2 {
  return share < 1 / 3 ? 0 : share < 2 / 3 ? 1 : 2;
}

function meanBox(boxes: readonly Box[]): Box {
  const mean = (i: 0 | 1 | 2 | 3): number => boxes.reduce((sum, box) => sum + box[i], 0) / boxes.length;
  return [mean(0), mean(1), mean(2), mean(3)];
}

function brokenSentences({ video, warnings }: Result): string[] {
  const out: string[] = [];
  const isUntold = (count: number): boolean =>
    count > 0 && !warnings.some((one) => one.startsWith(`${count} `));
  if (isUntold(video.damagedFrames)) out.push(said().damaged(video.damagedFrames));
  if (isUntold(video.missingFrames)) out.push(said().missing(video.missingFrames));
  return [...out, ...warnings.map((warning) => sentenceCase(warning.replace(/[.]?$/, '.')))];
}

/** A probability in a word; the words' bounds are ours. */
function sureness(probability: number, maySaySure: boolean): 'sure' | 'likely' | 'unsure' {
  if (probability >= 0.9 && maySaySure) return 'sure';
  if (probability >= 0.6) return 'likely';
  return 'unsure';
}

/** Held-out clips of which a model must have been sure before it may say so, and the share of them that it must have named rightly. */
const [leastSure, leastRight] = [10, 0.9];

/**
 * Whether a high probability may be called sure: never of a clip unlike the training clips, and only where held-out clips
 * bear it out. A model that keeps no such count is taken at its word.
 */
export function maySaySure({ unlike, model: { sure } }: Pick<Result, 'unlike' | 'model'>): boolean {
  if (unlike !== undefined) return false;
  return sure === undefined || (sure.clips >= leastSure && sure.right >= leastRight * sure.clips);
}

/** A folder's name as words: `sweep_left-right` and `sweepLeft` become "sweep left right" and "sweep left". */
export function words(label: string): string {
  return label
    .replace(/([a-z])([A-Z])/g, (_, end: string, start: string) => `${end} ${start.toLowerCase()}`)
    .replace(/[_-]+/g, ' ')
    .trim();
}

/** "1.8 s", "1 min 4.0 s". */
export function seconds(value: number): string {
  if (value < 59.95) return `${value.toFixed(1)} s`;
  const minutes = Math.floor((value + 0.05) / 60);
  return `${minutes} min ${Math.max(0, value - 60 * minutes).toFixed(1)} s`;
}

/** "93 %"; shares below one in a hundred keep a digit. */
export function percent(value: number): string {
  return value > 0 && value < 0.00995 ? `${(100 * value).toFixed(1)} %` : `${Math.round(100 * value)} %`;
}

/** "1 frame", "3 frames". */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
