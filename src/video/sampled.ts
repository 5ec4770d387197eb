// A fixed number of pictures out of one decoded video: the work of one decode thread for a clip.
// Memory holds the pictures asked for and no other, however long the video is.
import { usageError } from '../errors.js';
import type { Decoder } from './decoder.js';
import { plural } from './findings.js';
import { fixedRules, segmentIndices } from './sample.js';
import type { Frame, Resize, Size, Survey } from './types.js';

/** Which frames: a rule, the share within each of `n` equal parts, or the frames themselves. */
export type Choice =
  | { rule: 'uniform' | 'even'; frames: number }
  | { rule: 'parts'; places: readonly number[] }
  | { rule: 'given'; indices: readonly number[] };

/** What is read of one clip; plain data, so that it crosses threads. */
export interface SampleRequest {
  choice: Choice;
  size?: Size;
  resize: Resize;
  /** Only these frames, `end` excluded. */
  range?: { start: number; end: number };
}

/** The pictures, `[n, height, width, 3]`, and the survey of the video that they are from. */
export interface Sampled {
  frames: Uint8Array;
  size: Size;
  indices: number[];
  survey: Survey;
  warnings: string[];
}

/**
 * Decodes once when the cheap count of frames (packets) was right, which it nearly always is;
 * a second time when the frames that were kept are not those that the true count asks for.
 */
export async function sampleVideo(path: string, decoder: Decoder, request: SampleRequest): Promise<Sampled> {
  let total = await decoder.count();
  for (;;) {
    const guess = choose(path, total, request, { isFinal: false });
    const { kept, survey } = await collect(decoder, request, new Set(guess));
    total = survey.info.frames;
    const indices = choose(path, total, request, { isFinal: true });
    if (indices.every((index) => kept.has(index))) return assemble(indices, kept, survey);
  }
}

function choose(
  path: string,
  total: number,
  { choice, range }: SampleRequest,
  { isFinal }: { isFinal: boolean },
): number[] {
  const start = range?.start ?? 0;
  const end = Math.min(total, range?.end ?? total);
  const beyond = choice.rule === 'given' ? choice.indices.find((i) => !(i >= 0 && i < total)) : undefined;
  if (isFinal && (start >= end || beyond !== undefined))
    throw usageError(
      path,
      `frames asked for must lie in 0 .. ${total - 1}`,
      `${beyond ?? `${start} to ${range?.end}`}`,
    );
  const length = Math.max(1, end - start);
  if (choice.rule === 'given') return [...choice.indices];
  const places =
    choice.rule === 'parts'
      ? segmentIndices(length, choice.places)
      : fixedRules[choice.rule](length, choice.frames);
  return places.map((place) => start + place);
}

async function collect(
  decoder: Decoder,
  { size, resize }: SampleRequest,
  wanted: ReadonlySet<number>,
): Promise<{ kept: Map<number, Frame>; survey: Survey }> {
  const kept = new Map<number, Frame>();
  const frames = decoder.frames({ size, resize, wanted });
  for (;;) {
    const step = await frames.next();
    if (step.done) return { kept, survey: step.value };
    kept.set(step.value.index, step.value);
  }
}

function assemble(indices: number[], kept: Map<number, Frame>, survey: Survey): Sampled {
  const { width, height } = kept.get(indices[0]!)!;
  const length = width * height * 3;
  const frames = new Uint8Array(indices.length * length);
  indices.forEach((index, i) => frames.set(kept.get(index)!.data, i * length));
  const distinct = new Set(indices).size;
  const short = `${plural(distinct, 'frame')} for the ${indices.length} asked for, the last one is repeated`;
  const warnings = distinct < indices.length ? [...survey.warnings, short] : survey.warnings;
  return { frames, size: { width, height }, indices, survey, warnings };
}
