// What the pointer is over: a small picture of that moment with its mask, and its figures in words.
import { maskAt, momentAt, unpackMasks, type MaskStack } from './moments.js';
import type { Film, ShownClip } from './pageData.js';
import { maskPixels, refine } from './paint.js';
import { make } from './parts.js';

const WIDTH = 168;

/** The mark that follows the pointer over the time line. */
export class Preview {
  readonly element = make('div', { class: 'ghost', hidden: '', 'aria-hidden': 'true' });
  readonly #card = make('div', { class: 'ghost-card' });
  readonly #canvas = document.createElement('canvas');
  readonly #small = document.createElement('canvas');
  readonly #text = make('b');
  readonly #film = new Image();
  #facts: Film | null = null;
  #masks: MaskStack | null = null;
  #times: number[] = [];
  #duration = 1;

  constructor() {
    this.#card.append(this.#canvas, this.#text);
    this.element.append(this.#card);
  }

  load({ result, film }: ShownClip, duration: number): void {
    this.#masks = unpackMasks(result);
    this.#times = result.frames.map(({ timeSeconds }) => timeSeconds);
    this.#duration = duration;
    this.#facts = film;
    if (film) this.#film.src = film.source;
    const ratio = window.devicePixelRatio || 1;
    const { width, height } = result.video;
    this.#canvas.width = WIDTH * ratio;
    this.#canvas.height = Math.round((WIDTH * ratio * height) / Math.max(1, width));
    this.hide();
  }

  /** Shows the moment at `seconds`; `left` is its place on the time line. */
  show(seconds: number, left: string, text: string): void {
    this.element.hidden = false;
    this.element.style.left = left;
    this.element.classList.toggle('near-start', seconds < 0.12 * this.#duration);
    this.element.classList.toggle('near-end', seconds > 0.88 * this.#duration);
    this.#text.textContent = text;
    this.#paint(seconds);
  }

  hide(): void {
    this.element.hidden = true;
  }

  #paint(seconds: number): void {
    const brush = this.#canvas.getContext('2d');
    const { width, height } = this.#canvas;
    if (!brush || this.#times.length === 0) return;
    brush.fillStyle = '#0b1017';
    brush.fillRect(0, 0, width, height);
    const film = this.#facts;
    if (film && this.#film.complete && this.#film.naturalWidth > 0) {
      const column = Math.min(film.columns - 1, Math.floor((seconds / this.#duration) * film.columns));
      const wide = this.#film.naturalWidth / film.columns;
      brush.drawImage(this.#film, column * wide, 0, wide, this.#film.naturalHeight, 0, 0, width, height);
    }
    if (!this.#masks || film?.isPainted) return;
    const mask = maskAt(this.#masks, momentAt(this.#times, seconds));
    const fine = refine(mask, this.#masks.height, this.#masks.width);
    this.#small.width = fine.width;
    this.#small.height = fine.height;
    this.#small
      .getContext('2d')!
      .putImageData(new ImageData(maskPixels(fine, 0.75), fine.width, fine.height), 0, 0);
    brush.drawImage(this.#small, 0, 0, width, height);
  }
}
