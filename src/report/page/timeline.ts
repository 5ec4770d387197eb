// The time line: film strip, when-weights, class evidence, predicted and true segments, on one scale of seconds.
// Every row is laid out in shares of the duration, so nothing is computed again when the page is resized.
import { cividisCss } from './colours.js';
import { momentAt, nearestOf } from './moments.js';
import type { PageClip } from './pageData.js';
import { byId, drawn, make } from './parts.js';
import { percent, seconds as inSeconds, words } from '../sentences.js';

/** Builds the rows and answers pointer moves; the keyboard is main.ts's. */
export class Timeline {
  readonly #root = byId('timeline');
  readonly #head = make('div', { class: 'head' });
  readonly #ghost = make('div', { class: 'ghost', hidden: '' });
  #clip: PageClip | null = null;
  #duration = 1;

  constructor(onSeek: (seconds: number) => void) {
    let isDragging = false;
    const secondsOf = (event: PointerEvent): number => {
      const { left, width } = this.#root.getBoundingClientRect();
      return Math.min(1, Math.max(0, (event.clientX - left) / width)) * this.#duration;
    };
    this.#root.addEventListener('pointerdown', (event) => {
      isDragging = true;
      this.#root.setPointerCapture(event.pointerId);
      onSeek(secondsOf(event));
    });
    this.#root.addEventListener('pointermove', (event) => {
      if (isDragging) onSeek(secondsOf(event));
      this.#hover(secondsOf(event));
    });
    this.#root.addEventListener('pointerup', () => (isDragging = false));
    this.#root.addEventListener('pointercancel', () => (isDragging = false));
    this.#root.addEventListener('pointerleave', () => (this.#ghost.hidden = true));
  }

  load(clip: PageClip): void {
    this.#clip = clip;
    this.#duration = Math.max(clip.result.video.durationSeconds, clip.spans.at(-1)?.[1] ?? 0, 1e-3);
    this.#root.setAttribute('aria-valuemax', this.#duration.toFixed(2));
    this.#root.replaceChildren(
      ...(clip.film ? [this.#film(clip)] : []),
      this.#weights(clip),
      ...(clip.result.curves ? [this.#curves(clip)] : []),
      this.#segments(clip),
      this.#axis(),
      this.#head,
      this.#ghost,
    );
    this.show(0);
  }

  /** Moves the playhead, and says the moment to screen readers that stand on the time line. */
  show(seconds: number): void {
    this.#head.style.left = this.#at(seconds);
    this.#root.setAttribute('aria-valuenow', seconds.toFixed(2));
    this.#root.setAttribute('aria-valuetext', this.says(seconds));
  }

  /** "1.24 s, weight 12 %, inside diving". */
  says(seconds: number): string {
    const clip = this.#clip;
    if (!clip || clip.result.frames.length === 0) return `${seconds.toFixed(2)} s`;
    const frame = nearestOf(
      momentAt(
        clip.result.frames.map(({ timeSeconds }) => timeSeconds),
        seconds,
      ),
    );
    const inside = clip.result.segments.find((s) => seconds >= s.startSeconds && seconds <= s.endSeconds);
    const weight = `weight ${percent(clip.result.frames[frame]!.weight)}`;
    return [`${seconds.toFixed(2)} s`, weight, inside ? words(inside.label) : ''].filter(Boolean).join(' · ');
  }

  #at(seconds: number): string {
    return `${(100 * Math.min(1, Math.max(0, seconds / this.#duration))).toFixed(3)}%`;
  }

  #hover(seconds: number): void {
    this.#ghost.hidden = false;
    this.#ghost.style.left = this.#at(seconds);
    this.#ghost.classList.toggle('near-start', seconds < 0.12 * this.#duration);
    this.#ghost.classList.toggle('near-end', seconds > 0.88 * this.#duration);
    this.#ghost.replaceChildren(make('b', {}, this.says(seconds)));
  }

  #film({ film }: PageClip): HTMLElement {
    const strip = make('div', {
      class: 'film',
      role: 'img',
      'aria-label': 'The clip in small pictures with the mask',
    });
    strip.style.aspectRatio = String(film!.aspect);
    strip.style.backgroundImage = `url(${film!.source})`;
    return make('div', { class: 'row' }, strip);
  }

  /** Bars of equal share are 1/n high on the scale of the largest weight; colour says the same as height. */
  #weights({ result, spans }: PageClip): HTMLElement {
    const top = Math.max(...result.frames.map(({ weight }) => weight), 1e-9);
    const bars = result.frames.map(({ weight }, i) => {
      const [start, end] = spans[i]!;
      const height = Math.max(0.02, weight / top);
      const place = { x: start, y: 1 - height, width: Math.max(0, end - start), height };
      return drawn('rect', { ...place, fill: cividisCss(weight / top) });
    });
    const box = { viewBox: `0 0 ${this.#duration} 1`, preserveAspectRatio: 'none', 'aria-hidden': 'true' };
    const name = make(
      'div',
      { class: 'row-name' },
      `When: weight of each sampled frame, at most ${percent(top)}`,
    );
    return make('div', { class: 'row' }, name, drawn('svg', { ...box, class: 'weights' }, ...bars));
  }

  #curves({ result }: PageClip): HTMLElement {
    const { labels, values } = result.curves!;
    const order = result.classes.map(({ label }) => labels.indexOf(label)).filter((k) => k >= 0);
    const chosen = (order.length > 0 ? order : labels.map((_, k) => k)).slice(0, 3);
    const shown = chosen.flatMap((k) => values[k]!);
    const low = Math.min(0, ...shown);
    const span = Math.max(0, ...shown) - low || 1;
    const y = (value: number): number => 0.94 - (0.88 * (value - low)) / span;
    const lines = chosen.map((k, i) => {
      const points = result.frames.map(
        ({ timeSeconds }, t) => `${timeSeconds},${y(values[k]![t]!).toFixed(4)}`,
      );
      return drawn('polyline', { points: points.join(' '), class: `s${i + 1}` });
    });
    const zero = drawn('line', { x1: 0, x2: this.#duration, y1: y(0), y2: y(0), class: 'zero' });
    const box = { viewBox: `0 0 ${this.#duration} 1`, preserveAspectRatio: 'none', 'aria-hidden': 'true' };
    const keys = chosen.map((k, i) =>
      make('span', { class: `key k${i + 1}`, style: `--key: var(--curve-${i + 1})` }, words(labels[k]!)),
    );
    const name = make('div', { class: 'row-name' }, make('span', {}, 'Evidence for'), ...keys);
    return make(
      'div',
      { class: 'row' },
      name,
      drawn('svg', { ...box, class: 'curves' }, zero, ...lines.reverse()),
    );
  }

  #segments({ result, truth }: PageClip): HTMLElement {
    const piece = (
      kind: string,
      s: { label: string; startSeconds: number; endSeconds: number },
    ): HTMLElement => {
      const span = `${inSeconds(s.startSeconds)} to ${inSeconds(s.endSeconds)}`;
      const element = make(
        'div',
        { class: `piece ${kind}`, title: `${words(s.label)}, ${span}` },
        `${words(s.label)} · ${span}`,
      );
      element.style.left = this.#at(s.startSeconds);
      element.style.width = `calc(${this.#at(s.endSeconds)} - ${this.#at(s.startSeconds)})`;
      return element;
    };
    const name = truth
      ? 'Segments: found by the model (filled), true (dashed)'
      : 'Segments found by the model';
    const lanes = [make('div', { class: 'lane' }, ...result.segments.map((s) => piece('predicted', s)))];
    if (truth) lanes.push(make('div', { class: 'lane' }, ...truth.segments.map((s) => piece('true', s))));
    return make('div', { class: 'row' }, make('div', { class: 'row-name' }, name), ...lanes);
  }

  #axis(): HTMLElement {
    const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 900].find((s) => this.#duration / s <= 8) ?? 3600;
    const marks: HTMLElement[] = [];
    for (let at = 0; at <= this.#duration * 0.94 + 1e-9; at += step) {
      const mark = make('span', {}, `${+at.toFixed(1)}`);
      mark.style.left = this.#at(at);
      marks.push(mark);
    }
    const end = make('span', { class: 'end' }, inSeconds(this.#duration));
    end.style.left = '100%';
    return make('div', { class: 'axis', 'aria-hidden': 'true' }, ...marks, end);
  }
}
