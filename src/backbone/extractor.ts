// A frozen network as everything above sees it: frames in, features out, whatever the network is and where it came from.
// Extraction, the feature store and prediction know only this.
import { float32, type Tensor } from '../tensor.js';
import type { Alignment } from '../model/index.js';
import type { Program } from '../runtime/program.js';
import { type FeatureGrid, type FeatureScale, stackedGrid } from './backbone.js';
import { framesFrom, requireFrames } from './frames.js';
import { preprocess, withInside, type Preprocessing } from './preprocessing.js';
import { stackScales } from './stackScales.js';
import { takesBytes } from './onnx/input.js';

/** Channels `[start, end)` of the stacked ones. */
export interface ChannelRange {
  start: number;
  end: number;
}

/** A frozen network: the same frame gives the same features, whatever stands beside it in the batch. */
export interface FeatureExtractor extends AsyncDisposable {
  /** `small`, `resnet50`, `onnx`. */
  readonly kind: string;
  /** The size and resize rule that frames must have been read with, and what is done to their bytes. */
  readonly preprocessing: Preprocessing;
  /** The features of one frame. */
  readonly grid: FeatureGrid;
  /** The grids that were stacked into it, and where the cells of each look. */
  readonly scales: readonly FeatureScale[];
  /** How they were laid on each other: read where the finest's cells look, or as equal tiles. `tiles` for a single one. */
  readonly alignment: Alignment;
  /** What to know of it, in sentences: where cells look had to be measured, or could not be found. */
  readonly notes: readonly string[];
  /** SHA-256 (hex) over everything that decides the numbers: weights, preprocessing, scales. A key for what is stored. */
  readonly identity: string;
  /** Whether the network is in eight bits from its first operation on: its input is then uint8 `[n,H,W,4]`. */
  readonly takesBytes?: boolean;
  /** Frames that one run takes; `extract` takes any number, and multiples of this one waste nothing. */
  readonly batch: number;
  /** Whether a run may take fewer; else they are filled up with black ones. */
  readonly isBatchFree: boolean;
  /** Of a network from an ONNX file: the file as it is run, and the name of its output for each scale. */
  readonly file?: { model: () => Promise<Uint8Array>; outputs: readonly string[] };
  /**
   * Features float32 `[B,C,h,w]` of frames uint8 `[B,H,W,3]`, red first. Calls may overlap: they run in order.
   * With `channels` only those of the stacked ones, `[B,end-start,h,w]`: where they are one scale of their own, nothing else
   * is stacked.
   * @throws {WhereWhenError} `input` for frames of another type or size.
   */
  extract(frames: Tensor, channels?: ChannelRange): Promise<Tensor>;
  /** The same before anything is stacked: float32 `[B,Ci,hi,wi]` of each scale, on its own grid. Throws as `extract` does. */
  extractScales(frames: Tensor): Promise<Tensor[]>;
  /** Frees the network; the runtime stays open. */
  close(): Promise<void>;
}

/** What an extractor is made of. */
export interface ExtractorParts {
  kind: string;
  identity: string;
  preprocessing: Preprocessing;
  scales: readonly FeatureScale[];
  alignment?: Alignment;
  notes?: readonly string[];
  /** Takes one input: float32 `[b,3,H,W]`, or in eight bits uint8 `[b,H,W,4]`. */
  program: Program;
  /** Names of its outputs, one a scale; an output may already be several scales stacked. */
  outputs: readonly string[];
  /** Most frames a run. */
  batch: number;
  /** Whether a run may take fewer. */
  isBatchFree: boolean;
  /** Reads the ONNX file that the program was made of, for others to run. */
  model?: () => Promise<Uint8Array>;
}

/** An extractor over a loaded network. */
export function extractorOf(parts: ExtractorParts): FeatureExtractor {
  const { kind, identity, preprocessing, scales, program, batch, isBatchFree } = parts;
  const { alignment = 'tiles', notes = [], model, outputs } = parts;
  const grid = stackedGrid(scales);
  const isBytes = takesBytes(program.feeds[0]!);
  const extractor: FeatureExtractor = {
    ...{
      kind,
      identity,
      preprocessing,
      scales,
      alignment,
      notes,
      grid,
      batch,
      isBatchFree,
      takesBytes: isBytes,
    },
    ...(model && { file: { model, outputs } }),
    async extract(frames, channels) {
      const own = channels && scaleAt(parts, channels);
      if (channels && !own) return channelsOf(await extractor.extract(frames), channels);
      const { parts: seen, grid: made } = own ?? { parts, grid };
      const done = await inRuns(seen, frames, (scales) => stacked(seen, made, scales));
      return float32(joined(done), [frames.shape[0]!, made.channels, made.height, made.width]);
    },
    async extractScales(frames) {
      const done = await inRuns(parts, frames, (seen) => seen);
      return done[0]!.map(({ shape }, i) => {
        const data = joined(done.map((run) => run[i]!.data as Float32Array));
        return float32(data, [frames.shape[0]!, ...shape.slice(1)]);
      });
    },
    close: () => program.release(),
    [Symbol.asyncDispose]: () => extractor.close(),
  };
  return extractor;
}

/** The scale that these channels are, where it has an output of its own and lies on the finest grid. */
function scaleAt(
  parts: ExtractorParts,
  { start, end }: ChannelRange,
): { parts: ExtractorParts; grid: FeatureGrid } | undefined {
  const { scales, outputs } = parts;
  const { height, width } = stackedGrid(scales);
  if (outputs.length !== scales.length) return undefined;
  let from = 0;
  for (const [i, scale] of scales.entries()) {
    const isIt = from === start && from + scale.channels === end;
    const isFinest = scale.height === height && scale.width === width;
    if (isIt && isFinest)
      return { parts: { ...parts, scales: [scale], outputs: [outputs[i]!] }, grid: scale };
    from += scale.channels;
  }
  return undefined;
}

function channelsOf({ data, shape }: Tensor, { start, end }: ChannelRange): Tensor {
  const [B, C, h, w] = shape as [number, number, number, number];
  const out = new Float32Array(B * (end - start) * h * w);
  for (let b = 0; b < B; b++) {
    const rows = data.subarray((b * C + start) * h * w, (b * C + end) * h * w) as Float32Array;
    out.set(rows, b * (end - start) * h * w);
  }
  return float32(out, [B, end - start, h, w]);
}

/** What `make` makes of the scales of each run: one run computes while the next one's bytes become numbers. */
async function inRuns<T>(parts: ExtractorParts, frames: Tensor, make: (scales: Tensor[]) => T): Promise<T[]> {
  const { batch, preprocessing } = parts;
  const count = requireFrames(frames, preprocessing.size);
  const done: T[] = [];
  let ahead: Promise<Tensor[]> | undefined;
  for (let start = 0; start < count; start += batch) {
    const run = runOnce(parts, frames, start, Math.min(count, start + batch));
    run.catch(() => undefined); // its failure is told below, by whichever run is waited for first
    if (ahead) done.push(make(await ahead));
    ahead = run;
  }
  done.push(make(await ahead!));
  return done;
}

/** The scales of frames `start` to `end`, each on its own grid. */
async function runOnce(
  { program, outputs, preprocessing, batch, isBatchFree }: ExtractorParts,
  frames: Tensor,
  start: number,
  end: number,
): Promise<Tensor[]> {
  const some = framesFrom(frames, start, end, isBatchFree ? end - start : batch);
  const [feed] = program.feeds;
  const input = takesBytes(feed!) ? withInside(some, preprocessing.size) : preprocess(some, preprocessing);
  const results = await program.run(
    { [feed!.name]: input },
    { outputs: [...new Set(outputs)], transfer: true },
  );
  return outputs.map((name) => firstFrames(results[name]!, end - start));
}

/** The first `count` frames of a run that was filled up. */
function firstFrames({ data, shape, dtype }: Tensor, count: number): Tensor {
  const [frames, ...rest] = shape;
  if (frames === count) return { data, shape, dtype };
  return float32((data as Float32Array).subarray(0, (data.length / frames!) * count), [count, ...rest]);
}

/** Scales on the finest of them; a network may have stacked its own already. */
function stacked(
  { alignment, scales }: ExtractorParts,
  grid: FeatureGrid,
  seen: readonly Tensor[],
): Float32Array {
  const isApart = alignment === 'centres' && seen.length > 1;
  return stackScales(seen, grid, isApart ? scales.map(({ geometry }) => geometry) : undefined);
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
