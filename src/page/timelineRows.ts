// The rows of the time line, each a function from an answer to an element.
import { windowSeconds } from '../localize/segments.js';
import type { Result } from '../result.js';
import { percent, seconds as inSeconds, words } from './sentences.js';
import { classPlaces, segmentsOfClass, shownSegments } from './actors.js';
import { cividisCss, classStyle } from './colours.js';
import type { Film, ShownClip } from './pageData.js';
import { said } from './pageWords.js';
import { drawn, make } from './parts.js';

/** Seconds that each sampled frame stands for, `[start, end]`. */
export function spansOf({ frames, video }: Result): [number, number][] {
  const times = frames.map(({ timeSeconds }) => timeSeconds);
  return times.map((_, i) => windowSeconds(times, i, i + 1, video.durationSeconds));
}

/** Hatched marks of the stretches that no sampled frame stands for, to lie over a row; each says so to the pointer. */
export function unseenMarks({ unseen = [] }: Result, duration: number): HTMLElement[] {
  return unseen.map(({ startSeconds, endSeconds }) => {
    const title = said().notLookedAt(rangeOf(startSeconds, endSeconds));
    const mark = make('div', { class: 'not-looked-at', title });
    mark.style.left = `${(100 * startSeconds) / duration}%`;
    mark.style.width = `${(100 * Math.max(0, endSeconds - startSeconds)) / duration}%`;
    return mark;
  });
}

/** Small pictures of the clip side by side. */
export function filmRow(film: Film, marks: readonly HTMLElement[]): HTMLElement {
  const strip = make('div', {
    class: 'film scrub',
    role: 'img',
    'aria-label': film.isPainted ? said().filmWithMask : said().film,
  });
  strip.style.aspectRatio = String(film.aspect);
  strip.style.backgroundImage = `url(${JSON.stringify(film.source)})`;
  strip.append(...marks);
  return make('div', { class: 'row' }, strip);
}

/** Bars of the weights, the largest as high as the row; colour says the same as height. One step's where one is picked. */
export function weightsRow(
  result: Result,
  spans: readonly [number, number][],
  duration: number,
  { step = null, weights }: { step?: number | null; weights?: readonly number[] } = {},
): HTMLElement {
  const values = weights ?? result.frames.map(({ weight }) => weight);
  const top = Math.max(...values, 1e-9);
  const bars = values.map((weight, i) => {
    const [start, end] = spans[i]!;
    const height = Math.max(0.02, weight / top);
    const place = { x: start, y: 1 - height, width: Math.max(0, end - start), height };
    return drawn('rect', { ...place, fill: cividisCss(weight / top) });
  });
  const box = { viewBox: `0 0 ${duration} 1`, preserveAspectRatio: 'none', 'aria-hidden': 'true' };
  const says = said().weights(step === null ? null : step + 1, percent(top));
  const name = make('div', { class: 'row-name' }, says);
  const svg = drawn('svg', { ...box, class: 'weights' }, ...bars);
  return make('div', { class: 'row' }, name, svg, ...unseenMarks(result, duration));
}

/** The evidence over time of the three most probable classes; of a chosen one and the two most probable others. */
export function curvesRow(
  { result, order: colours }: ShownClip,
  duration: number,
  only: string | null = null,
): HTMLElement {
  const { classes, frames } = result;
  const { labels, values } = result.curves!;
  const places = classPlaces(result, colours);
  const colour = (k: number): string => classStyle(places.get(labels[k]!) ?? 0).line;
  const names = [...(only === null ? [] : [only]), ...classes.map(({ label }) => label)];
  const order = [...new Set(names.map((label) => labels.indexOf(label)))].filter((k) => k >= 0);
  const chosen = (order.length > 0 ? order : labels.map((_, k) => k)).slice(0, 3);
  const shown = chosen.flatMap((k) => values[k]!);
  const low = Math.min(0, ...shown);
  const span = Math.max(0, ...shown) - low || 1;
  const y = (value: number): number => 0.94 - (0.88 * (value - low)) / span;
  const lines = chosen.map((k, i) => {
    const points = frames.map(({ timeSeconds }, t) => `${timeSeconds},${y(values[k]![t]!).toFixed(4)}`);
    const line = drawn('polyline', { points: points.join(' '), class: `s${i + 1}` });
    line.style.stroke = colour(k);
    return line;
  });
  const zero = drawn('line', { x1: 0, x2: duration, y1: y(0), y2: y(0), class: 'zero' });
  const box = { viewBox: `0 0 ${duration} 1`, preserveAspectRatio: 'none', 'aria-hidden': 'true' };
  const keys = chosen.map((k, i) => {
    const key = make('span', { class: `key k${i + 1}` }, words(labels[k]!));
    key.style.setProperty('--key', colour(k));
    return key;
  });
  const name = make('div', { class: 'row-name' }, make('span', {}, said().evidenceFor), ...keys);
  const svg = drawn('svg', { ...box, class: 'curves' }, zero, ...lines.reverse());
  return make('div', { class: 'row' }, name, svg, ...unseenMarks(result, duration));
}

/**
 * Found segments, a lane a class that is told, in its colour; of one class alone where `only` names it, told or not; and true
 * ones where they are known.
 */
export function segmentsRow(
  { result, truth, order }: ShownClip,
  duration: number,
  only: string | null = null,
): HTMLElement {
  const name = said().segments(only === null ? null : words(only), truth !== null);
  const places = classPlaces(result, order);
  const shown = only === null ? shownSegments(result) : segmentsOfClass(result, only);
  const labels = [...new Set(shown.map(({ label }) => label))];
  const lanes = labels.map((label) => {
    const own = shown.filter((segment) => segment.label === label);
    return laneOf('predicted', own, duration, classStyle(places.get(label) ?? 0));
  });
  if (lanes.length === 0) lanes.push(laneOf('predicted', [], duration));
  for (const lane of lanes) lane.append(...unseenMarks(result, duration));
  if (truth) lanes.push(laneOf('true', truth.segments, duration));
  return make('div', { class: 'row' }, make('div', { class: 'row-name' }, name), ...lanes);
}

function laneOf(
  kind: string,
  segments: readonly { label: string; startSeconds: number; endSeconds: number }[],
  duration: number,
  style?: ReturnType<typeof classStyle>,
): HTMLElement {
  const pieces = segments.map((s) => {
    const span = rangeOf(s.startSeconds, s.endSeconds);
    const title = `${words(s.label)}${said().comma}${span}`;
    const piece = make('div', { class: `piece ${kind}`, title }, `${words(s.label)} · ${span}`);
    if (style) piece.style.background = style.fill;
    if (style) piece.style.borderColor = style.line;
    piece.style.left = `${(100 * s.startSeconds) / duration}%`;
    piece.style.width = `${(100 * Math.max(0, s.endSeconds - s.startSeconds)) / duration}%`;
    return piece;
  });
  return make('div', { class: 'lane' }, ...pieces);
}

function rangeOf(start: number, end: number): string {
  return said().range(inSeconds(start), inSeconds(end));
}

/** The scale of seconds. */
export function axisRow(duration: number): HTMLElement {
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 900].find((s) => duration / s <= 8) ?? 3600;
  const marks: HTMLElement[] = [];
  for (let at = 0; at <= duration * 0.94 + 1e-9; at += step) {
    const mark = make('span', {}, `${+at.toFixed(1)}`);
    mark.style.left = `${(100 * at) / duration}%`;
    marks.push(mark);
  }
  const end = make('span', { class: 'end' }, inSeconds(duration));
  end.style.left = '100%';
  return make('div', { class: 'axis scrub', 'aria-hidden': 'true' }, ...marks, end);
}
