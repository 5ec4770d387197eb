// The time line: film strip, when-weights, class evidence, predicted and true segments, on one scale of seconds.
// Every row is laid out in shares of the duration, so only the playhead is placed again when the page is resized.
// Pointer: a click jumps, dragging the film strip or the axis scrubs, dragging any other row marks a stretch.
import type { Segment } from '../result.js';
import { shownSegments } from './actors.js';
import { momentAt, nearestOf } from './moments.js';
import type { ShownClip } from './pageData.js';
import { make } from './parts.js';
import { Preview } from './preview.js';
import { StepMatrix } from './stepMatrix.js';
import type { Stretch } from './stretch.js';
import {
  axisRow,
  curvesRow,
  filmRow,
  segmentsRow,
  spansOf,
  unseenMarks,
  weightsRow,
} from './timelineRows.js';
import { percent, words } from './sentences.js';
import { said } from './pageWords.js';

/** Who hears of what the reader asks for. */
export interface TimelineListener {
  onSeek: (seconds: number) => void;
  /** A stretch was marked, or the mark was taken away. */
  onStretch?: (stretch: Stretch | null) => void;
  /** A stretch was marked by dragging, which is over. */
  onDragged?: (stretch: Stretch) => void;
}

/** Pixels that a pointer moves before it marks a stretch instead of clicking. */
const DRAG = 4;

/** Builds the rows in `root` and answers pointer moves; the keyboard is the page's. */
export class Timeline {
  readonly #root: HTMLElement;
  readonly #listener: TimelineListener;
  readonly #head = make('div', { class: 'head' });
  readonly #shade = make('div', { class: 'shade', hidden: '' });
  readonly #preview = new Preview();
  readonly #steps = new StepMatrix((step) => this.#showStep(step));
  #weights: HTMLElement = make('div');
  #segments: HTMLElement = make('div');
  #curves: HTMLElement | null = null;
  #clip: ShownClip | null = null;
  #spans: [number, number][] = [];
  #times: number[] = [];
  #shown: Segment[] = [];
  #stretch: Stretch | null = null;
  #duration = 1;
  #seconds = 0;
  #width = 0;
  #drag: { kind: 'scrub' | 'mark'; from: number; x: number; isMoved: boolean } | null = null;

  constructor(root: HTMLElement, listener: TimelineListener) {
    this.#root = root;
    this.#listener = listener;
    new ResizeObserver(([entry]) => {
      this.#width = entry!.contentRect.width;
      this.show(this.#seconds);
    }).observe(root);
    root.addEventListener('pointerdown', (event) => this.#press(event));
    root.addEventListener('pointermove', (event) => this.#move(event));
    root.addEventListener('pointerup', (event) => this.#release(event));
    root.addEventListener('pointercancel', () => (this.#drag = null));
    root.addEventListener('pointerleave', () => this.#preview.hide());
  }

  /** Shows the rows of a clip; `duration` where the page knows better than the result. */
  load(clip: ShownClip): void {
    this.#clip = clip;
    this.#spans = spansOf(clip.result);
    this.#shown = shownSegments(clip.result);
    this.#times = clip.result.frames.map(({ timeSeconds }) => timeSeconds);
    this.#duration = Math.max(clip.result.video.durationSeconds, this.#spans.at(-1)?.[1] ?? 0, 1e-3);
    this.#root.setAttribute('aria-valuemax', this.#duration.toFixed(2));
    this.#weights = weightsRow(clip.result, this.#spans, this.#duration);
    this.#segments = segmentsRow(clip, this.#duration);
    this.#curves = clip.result.curves ? curvesRow(clip, this.#duration) : null;
    const { film } = clip;
    this.#root.replaceChildren(
      ...(film ? [filmRow(film, unseenMarks(clip.result, this.#duration))] : []),
      this.#segments, // what was found stands above the fold, what it was found by below it
      this.#weights,
      ...this.#steps.load(clip.result),
      ...(this.#curves ? [this.#curves] : []),
      axisRow(this.#duration),
      this.#shade,
      this.#head,
      this.#preview.element,
    );
    this.#preview.load(clip, this.#duration);
    this.#stretch = null;
    this.#shade.hidden = true;
    this.show(0);
  }

  /** Shows the segments and the evidence of one class (null: of all that are told). */
  choose(label: string | null): void {
    if (!this.#clip) return;
    const segments = segmentsRow(this.#clip, this.#duration, label);
    this.#segments.replaceWith(segments);
    this.#segments = segments;
    if (!this.#curves) return;
    const curves = curvesRow(this.#clip, this.#duration, label);
    this.#curves.replaceWith(curves);
    this.#curves = curves;
  }

  get durationSeconds(): number {
    return this.#duration;
  }

  get stretch(): Stretch | null {
    return this.#stretch;
  }

  /** Moves the playhead, and says the moment to screen readers that stand on the time line. */
  show(seconds: number): void {
    this.#seconds = seconds;
    const share = Math.min(1, Math.max(0, seconds / this.#duration));
    this.#head.style.transform = `translateX(${(share * this.#width).toFixed(2)}px)`; // moves without a new layout
    this.#root.setAttribute('aria-valuenow', seconds.toFixed(2));
    this.#root.setAttribute('aria-valuetext', this.says(seconds));
  }

  /** Marks a stretch (or none), as dragging does. */
  mark(stretch: Stretch | null): void {
    this.#draw(stretch);
    this.#listener.onStretch?.(this.#stretch);
  }

  /** "1.24 s, weight 12 %, inside diving"; "3.10 s, not looked at". */
  says(seconds: number): string {
    const clip = this.#clip;
    if (!clip || this.#times.length === 0) return `${seconds.toFixed(2)} s`;
    const isUnseen = clip.result.unseen?.some((s) => seconds > s.startSeconds && seconds <= s.endSeconds);
    if (isUnseen) return `${seconds.toFixed(2)} s · ${said().unseen}`;
    const frame = nearestOf(momentAt(this.#times, seconds));
    const inside = this.#shown.filter((s) => seconds >= s.startSeconds && seconds <= s.endSeconds);
    const named = [...new Set(inside.map(({ label }) => words(label)))].join(', ');
    const weight = said().weight(percent(clip.result.frames[frame]!.weight));
    return [`${seconds.toFixed(2)} s`, weight, named].filter(Boolean).join(' · ');
  }

  #at(seconds: number): string {
    return `${(100 * Math.min(1, Math.max(0, seconds / this.#duration))).toFixed(3)}%`;
  }

  #secondsOf(event: PointerEvent): number {
    const { left, width } = this.#root.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width)) * this.#duration;
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0 || (event.target as Element).closest('.own-pointer')) return;
    const isScrub = (event.target as Element).closest('.scrub') !== null || !this.#listener.onStretch;
    const from = this.#secondsOf(event);
    this.#drag = { kind: isScrub ? 'scrub' : 'mark', from, x: event.clientX, isMoved: false };
    this.#root.setPointerCapture(event.pointerId);
    if (isScrub) this.#listener.onSeek(from);
  }

  #move(event: PointerEvent): void {
    const seconds = this.#secondsOf(event);
    this.#preview.show(seconds, this.#at(seconds), this.says(seconds));
    const drag = this.#drag;
    if (!drag) return;
    if (Math.abs(event.clientX - drag.x) > DRAG) drag.isMoved = true;
    if (drag.kind === 'scrub') this.#listener.onSeek(seconds);
    else if (drag.isMoved) this.#draw(stretchOf(drag.from, seconds));
  }

  #release(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = null;
    if (drag?.kind !== 'mark') return;
    const seconds = this.#secondsOf(event);
    if (drag.isMoved) {
      const stretch = stretchOf(drag.from, seconds);
      this.mark(stretch);
      return this.#listener.onDragged?.(stretch);
    }
    if (this.#stretch) this.mark(null);
    this.#listener.onSeek(seconds);
  }

  #draw(stretch: Stretch | null): void {
    this.#stretch = stretch;
    this.#shade.hidden = stretch === null;
    if (!stretch) return;
    this.#shade.style.left = this.#at(stretch.startSeconds);
    this.#shade.style.width = this.#at(stretch.endSeconds - stretch.startSeconds);
  }

  #showStep(step: number | null): void {
    if (!this.#clip) return;
    const weights = step === null ? undefined : this.#clip.result.steps?.[step];
    const row = weightsRow(this.#clip.result, this.#spans, this.#duration, { step, weights });
    this.#weights.replaceWith(row);
    this.#weights = row;
  }
}

function stretchOf(a: number, b: number): Stretch {
  return { startSeconds: Math.min(a, b), endSeconds: Math.max(a, b) };
}
