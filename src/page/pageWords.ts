// What the time line and the sentences of an answer say. Reports and the command line speak English; a page may set another
// language before it shows anything.

/** All of it, in one language. Times and shares come as text. */
export interface PageWords {
  /** At the end of a sentence. */
  stop: string;
  /** Between the parts of a sentence. */
  comma: string;
  /** "a", "a and b", "a, b and c". */
  listed: (names: readonly string[]) => string;
  noAnswer: string;
  sure: Record<'sure' | 'likely' | 'unsure', string>;
  /** A probability behind a class. */
  share: (percent: string) => string;
  rival: (label: string, share: string) => string;
  until: (end: string) => string;
  from: (start: string) => string;
  span: (start: string, end: string) => string;
  /** The same without a preposition. */
  range: (start: string, end: string) => string;
  /** Ninths of the picture, by row and column. */
  places: readonly (readonly string[])[];
  moving: (from: string, to: string) => string;
  notLookedAt: (times: string) => string;
  damaged: (frames: number) => string;
  missing: (frames: number) => string;
  film: string;
  filmWithMask: string;
  /** `step` counts from 1; null where weights have none. */
  weights: (step: number | null, top: string) => string;
  /** The row of steps, what its slider picks, and the row for screen readers. */
  steps: string;
  stepSlider: string;
  stepMean: string;
  stepOf: (step: number, steps: number) => string;
  matrix: (steps: number, frames: number, isChanging: boolean) => string;
  evidenceFor: string;
  /** Of one class alone, or (null) of all that are told. */
  segments: (label: string | null, hasTruth: boolean) => string;
  unseen: string;
  weight: (percent: string) => string;
}

const framesAre = (count: number): string =>
  `${count} ${count === 1 ? 'frame of the file is' : 'frames of the file are'}`;

/** In English. */
export const english: PageWords = {
  stop: '.',
  comma: ', ',
  listed: (names) =>
    names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)!}`,
  noAnswer: 'No answer.',
  sure: { sure: 'sure', likely: 'likely', unsure: 'unsure' },
  share: (percent) => ` (${percent})`,
  rival: (label, share) => `; ${label} is possible too${share}`,
  until: (end) => `until ${end}`,
  from: (start) => `from ${start}`,
  span: (start, end) => `from ${start} to ${end}`,
  range: (start, end) => `${start} to ${end}`,
  places: [
    ['upper left', 'upper middle', 'upper right'],
    ['left', 'centre', 'right'],
    ['lower left', 'lower middle', 'lower right'],
  ],
  moving: (from, to) => `moving from ${from} to ${to}`,
  notLookedAt: (times) => `Not looked at: ${times}`,
  damaged: (frames) => `${framesAre(frames)} damaged.`,
  missing: (frames) => `${framesAre(frames)} missing.`,
  film: 'The clip in small pictures',
  filmWithMask: 'The clip in small pictures with the mask',
  weights: (step, top) =>
    `When: weight of each sampled frame${step === null ? '' : ` at step ${step}`}, at most ${top}`,
  steps: 'Weights of each step, first on top',
  stepSlider: 'Step of the model',
  stepMean: 'mean of all steps',
  stepOf: (step, steps) => `step ${step} of ${steps}`,
  matrix: (steps, frames, isChanging) =>
    `Weights of ${steps} steps over ${frames} frames: ${isChanging ? 'they change from step to step' : 'all steps are alike'}`,
  evidenceFor: 'Evidence for',
  segments: (label, hasTruth) =>
    `Segments${label === null ? '' : ` of ${label} alone`}${hasTruth ? ': found by the model (filled), true (dashed)' : ' found by the model'}`,
  unseen: 'not looked at',
  weight: (percent) => `weight ${percent}`,
};

let spoken = english;

/** The words that are spoken. */
export function said(): PageWords {
  return spoken;
}

/** Speaks another language from now on. */
export function speak(words: PageWords): void {
  spoken = words;
}
