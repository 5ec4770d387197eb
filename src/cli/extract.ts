// `wherewhen extract DATA --backbone NAME --out STORE`
import { Command, Option } from 'commander';
import type { ClipEntry } from '../dataset/index.js';
import { type ClipShape, type ExtractOptions, type PreparedClips } from '../store/index.js';
import type { Precision } from '../savedModel/index.js';
import { annotationOptions, annotationSource, type AnnotationOptions } from './annotationOptions.js';
import { backboneOptions, backboneSettings, offlineOption, type BackboneOptions } from './backboneOptions.js';
import { computeOf, deviceOption, threadsOption, type ComputeOptions } from './computeOptions.js';
import { dividedExtraction, extractByQueue, extractPart, gatherExtraction } from './extractParts.js';
import { fetchNamed } from './fetchModel.js';
import { interrupted, onInterrupt } from './interrupt.js';
import { expression, whole } from './options.js';
import { partOf, partOptions, requireShared, tellPart, type PartOptions } from './partOptions.js';
import { inPrecision, precisionOption, storePrecisionOption } from './precisionOption.js';
import { queueOption, type QueueOptions } from './queueOption.js';
import { showFrameRate, showSeconds } from './progress.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';
import { type Divided, type Part } from '../scale/index.js';
import { type StorePrecision } from '../store/features/precision.js';

interface Options
  extends CommonOptions, AnnotationOptions, ComputeOptions, BackboneOptions, PartOptions, QueueOptions {
  backbone: string;
  out: string;
  frames: number;
  sampling: ClipShape['sampling'];
  group?: RegExp;
  strict?: boolean;
  verify?: true | number;
  batch?: number;
  offline?: boolean;
  precision: Precision;
  storePrecision?: StorePrecision;
}

/** The command. */
export function extractCommand(wrap: Wrap): Command {
  const command = new Command('extract')
    .description('Computes the features of every clip once and stores them, one file a clip.')
    .argument('<data>', 'folder of class folders; each holds video files or folders of frames')
    .requiredOption('--backbone <name>', 'resnet18 | 34 | 50 | 101, weights of the hub, or onnx:FILE')
    .requiredOption('--out <store>', 'folder of the stored features; `train --cache STORE` reads it');
  for (const option of [...annotationOptions(), ...backboneOptions(), offlineOption()])
    command.addOption(option);
  for (const option of [...partOptions('one summary of the store'), queueOption()]) command.addOption(option);
  return command
    .addOption(new Option('--frames <n>', 'frames sampled from a clip').argParser(whole(1)).default(16))
    .addOption(
      new Option('--sampling <rule>', 'which frames').choices(['even', 'uniform', 'centred']).default('even'),
    )
    .addOption(
      new Option(
        '--verify [clips]',
        'check every stored file by its hash and compute so many clips again (default: 3)',
      ).argParser(whole(0)),
    )
    .option('--strict', 'stop at the first broken clip instead of leaving it out')
    .addOption(
      new Option('--group <regex>', 'as `train` takes it; every name must match').argParser(expression),
    )
    .addOption(new Option('--batch <frames>', 'frames a run (default: 8)').argParser(whole(1)))
    .addOption(precisionOption())
    .addOption(storePrecisionOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'the summary as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, options: Options, data: string): Promise<number> {
  const { featureStore } = await import('../store/index.js');
  const { shapeFor } = await import('../store/features/file.js');
  const { notesOf } = await import('../dataset/annotated.js');
  const { openDataset } = await import('../dataset/index.js');
  const { openExtractor } = await import('../backbone/index.js');
  const { openRuntime } = await import('../runtime/index.js');
  const { inTurn } = await import('../scale/index.js');
  requireShared(options, options);
  const part = await partOf(options);
  const asked = await backboneSettings(options.backbone, options);
  const { group, strict } = options;
  const dataset = await openDataset(data, { group, strict, annotations: annotationSource(options) });
  for (const note of notesOf(dataset)) shell.say(note);
  for (const { path, reason } of dataset.leftOut) shell.say(`left out: ${path} (${reason})`);
  const stop = onInterrupt(() => shell.say('stopping; what is stored stays'));
  try {
    await using runtime = await openRuntime({ ...computeOf(options), spin: false }); // clips are decoded beside it
    await fetchNamed(shell, asked, options);
    const within = { clips: dataset.clips, folder: options.out, threads: options.threads };
    const prepare = () => inPrecision(shell, asked, options.precision, within);
    const settings = await (part ? inTurn(options.out, prepare) : prepare());
    await using extractor = await openExtractor(settings, { runtime, batch: options.batch });
    for (const note of extractor.notes) shell.say(note);
    const shape = shapeFor(extractor, options);
    const { storePrecision: precision } = options;
    const store = featureStore(options.out, shape, extractor, precision);
    const parts = { store, shape, extractor, precision, signal: stop.signal };
    if (options.verify !== undefined) return await verify(shell, options, parts, dataset.clips);
    const { gather: isGather, queue } = options;
    if (!part && !isGather && queue === undefined) return await extract(shell, options, parts, dataset.clips);
    const divided = await dividedExtraction(options.out, dataset.clips, {
      ...{ shape, identity: extractor.identity, precision },
    });
    if (queue !== undefined) {
      const { out, frames, sampling, batch } = options;
      const sampled = {
        backbone: settings,
        identity: extractor.identity,
        frames,
        sampling,
        batch,
        precision,
      };
      const from = { clips: dataset.clips, out, settings: sampled, signal: stop.signal };
      if (!(await extractByQueue(shell, queue, divided, from))) return interrupted;
    }
    if (isGather || queue !== undefined)
      return await gather(shell, options, parts, { clips: dataset.clips, divided });
    return await storePart(shell, options, parts, { clips: dataset.clips, divided, part: part! });
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
    shell.say('interrupted; the same command goes on');
    return interrupted;
  } finally {
    stop.end();
  }
}

/** Stores a part of the clips; a broken one is told of by whoever joins the parts. */
async function storePart(
  shell: Shell,
  { strict }: Options,
  parts: ExtractParts,
  { clips, divided, part }: { clips: Entries; divided: Divided; part: Part },
): Promise<number> {
  const progress = shell.progress('extracting', 'clips');
  const startedAt = performance.now();
  try {
    const { done, prepared } = await extractPart(divided, part, clips, {
      ...{ ...parts, strict },
      onProgress: (now) =>
        progress.update(now.done, now.total, {
          reused: now.reused,
          note: showFrameRate(now.frames, startedAt),
        }),
    });
    progress.stop();
    tellPrepared(shell, prepared);
    shell.printJson({ ...part, ...done });
    await tellPart(shell, part, done, 'clips');
    return 0;
  } finally {
    progress.stop();
  }
}

/** Joins what the parts have stored: one summary, as of a store that was full before. */
async function gather(
  shell: Shell,
  { out }: Options,
  { store, extractor }: ExtractParts,
  { clips, divided }: { clips: Entries; divided: Divided },
): Promise<number> {
  const made = await gatherExtraction(divided, clips, { store, shown: out });
  return conclude(shell, out, { made, extractor, frames: 0, seconds: 0 });
}

function tellPrepared(shell: Shell, { warnings, broken }: PreparedClips): void {
  for (const { clip, text } of warnings) shell.say(`warning: ${clip.path}: ${text}`);
  for (const { error } of broken) shell.say(`left out: ${error.message}`);
}

type ExtractParts = Pick<ExtractOptions, 'store' | 'shape' | 'extractor' | 'precision' | 'signal'>;
type Entries = readonly ClipEntry[];

async function extract(
  shell: Shell,
  { out, strict }: Options,
  parts: ExtractParts,
  clips: Entries,
): Promise<number> {
  const { extractClips } = await import('../store/index.js');
  const progress = shell.progress('extracting', 'clips');
  const startedAt = performance.now();
  const seconds = (): number => (performance.now() - startedAt) / 1000;
  let frames = 0;
  try {
    const onProgress = (now: { done: number; total: number; reused: number; frames: number }): void => {
      frames = now.frames;
      progress.update(now.done, now.total, {
        reused: now.reused,
        note: showFrameRate(frames, startedAt),
      });
    };
    const made = await extractClips(clips, { ...parts, strict, onProgress });
    progress.stop();
    const rate = showFrameRate(frames, startedAt);
    return conclude(shell, out, { made, extractor: parts.extractor, frames, seconds: seconds(), rate });
  } finally {
    progress.stop();
  }
}

/** Says what became of the clips. */
function conclude(
  shell: Shell,
  out: string,
  {
    made,
    extractor: { grid, identity },
    frames,
    seconds,
    rate,
  }: {
    made: PreparedClips;
    extractor: ExtractParts['extractor'];
    frames: number;
    seconds: number;
    rate?: string;
  },
): number {
  tellPrepared(shell, made);
  const facts = { store: out, clips: made.clips.length, reused: made.reused, broken: made.broken.length };
  shell.printJson({ ...facts, frames, seconds, grid, backbone: identity });
  shell.print(
    `${out}: features ${grid.channels} x ${grid.height} x ${grid.width} of ${made.clips.length} clips, ${made.reused} of them from before, ${showSeconds(seconds)}${rate ? `, ${rate}` : ''}`,
  );
  return made.broken.length > 0 ? 1 : 0;
}

async function verify(
  shell: Shell,
  { out, verify: sample }: Options,
  parts: ExtractParts,
  clips: Entries,
): Promise<number> {
  const { requireVerified, verifyFeatures } = await import('../store/features/verify.js');
  const progress = shell.progress('verifying', 'clips');
  try {
    const found = await verifyFeatures(clips, {
      ...parts,
      ...(typeof sample === 'number' && { sample }),
      onProgress: (done, total) => progress.update(done, total),
    });
    progress.stop();
    shell.printJson(found);
    requireVerified(out, found);
    shell.print(
      `${out}: ${found.whole} files have their hash; ${found.computed} computed again, largest difference ${(100 * found.largestDifference).toFixed(3)} % of the largest feature`,
    );
    return 0;
  } finally {
    progress.stop();
  }
}
