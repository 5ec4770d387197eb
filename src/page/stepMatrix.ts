// The when-weights of each step of the recurrent form, `T x n`, as a picture: a row a step, a column a sampled
// frame. A slider picks the step whose weights the strip above shows; 0 is the mean of all.
import type { Result } from '../result.js';
import { colourTable } from './colours.js';
import { make } from './parts.js';
import { said } from './pageWords.js';

/** The matrix of one clip after another. */
export class StepMatrix {
  readonly #canvas = make('canvas', { class: 'matrix', role: 'img' }) as HTMLCanvasElement;
  readonly #mark = make('i', { class: 'matrix-mark', hidden: '' });
  readonly #slider = make('input', { type: 'range', min: '0', 'aria-label': said().stepSlider });
  readonly #says = make('output');
  readonly #onStep: (step: number | null) => void;
  #steps = 0;

  constructor(onStep: (step: number | null) => void) {
    this.#onStep = onStep;
    this.#slider.addEventListener('input', () =>
      this.#pick(Number((this.#slider as HTMLInputElement).value)),
    );
  }

  /** The row, or none where all steps are one. */
  load({ steps }: Result): HTMLElement[] {
    this.#steps = steps?.length ?? 0;
    if (!steps || steps.length < 2) return [];
    const slider = this.#slider as HTMLInputElement;
    slider.max = String(steps.length);
    slider.value = '0';
    this.#paint(steps);
    this.#say(0);
    const name = make('div', { class: 'row-name' }, said().steps, slider, this.#says);
    name.classList.add('own-pointer');
    const field = make('div', { class: 'matrix-field' }, this.#canvas, this.#mark);
    return [make('div', { class: 'row' }, name, field)];
  }

  #pick(value: number): void {
    this.#say(value);
    this.#onStep(value === 0 ? null : value - 1);
  }

  #say(value: number): void {
    this.#says.textContent = value === 0 ? said().stepMean : said().stepOf(value, this.#steps);
    this.#mark.hidden = value === 0;
    this.#mark.style.top = `${(100 * (value - 1)) / Math.max(1, this.#steps)}%`;
    this.#mark.style.height = `${100 / Math.max(1, this.#steps)}%`;
  }

  #paint(steps: readonly (readonly number[])[]): void {
    const frames = steps[0]!.length;
    const top = Math.max(...steps.flat(), 1e-9);
    const table = colourTable('cividis');
    const pixels = new Uint8ClampedArray(steps.length * frames * 4);
    steps.flat().forEach((weight, i) => {
      const from = 3 * Math.round((255 * weight) / top);
      pixels.set([table[from]!, table[from + 1]!, table[from + 2]!, 255], 4 * i);
    });
    this.#canvas.width = frames;
    this.#canvas.height = steps.length;
    this.#canvas.getContext('2d')!.putImageData(new ImageData(pixels, frames, steps.length), 0, 0);
    const change = steps.some((row) => row.some((weight, i) => Math.abs(weight - steps[0]![i]!) > 1e-3));
    this.#canvas.setAttribute('aria-label', said().matrix(steps.length, frames, change));
  }
}
