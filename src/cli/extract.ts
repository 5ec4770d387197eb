// `wherewhen extract DATA --backbone NAME --out STORE`
import { Command, Option } from 'commander';
import type { ClipEntry } from '../dataset/index.js';
import type { ClipShape, ExtractOptions } from '../store/index.js';
import type { Precision } from '../savedModel/index.js';
import { annotationOptions, annotationSource, type AnnotationOptions } from './annotationOptions.js';
import { backboneOptions, backboneSettings, offlineOption, type BackboneOptions } from './backboneOptions.js';
import { computeOf, deviceOption, threadsOption, type ComputeOptions } from './computeOptions.js';
import { fetchNamed } from './fetchModel.js';
import { interrupted, onInterrupt } from './interrupt.js';
import { expression, whole } from './options.js';
import { inPrecision, precisionOption } from './precisionOption.js';
import { showFrameRate, showSeconds } from './progress.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';

interface Options extends CommonOptions, AnnotationOptions, ComputeOptions, BackboneOptions {
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
  return command
    .addOption(new Option('--frames <n>', 'frames sampled from a clip').argParser(whole(1)).default(16))
    .addOption(
      new Option('--sampling <rule>', 'which frames')
        .choices(['even', 'uniform', 'centred'])
        .default('uniform'),
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
    const settings = await inPrecision(shell, asked, options.precision, within);
    await using extractor = await openExtractor(settings, { runtime, batch: options.batch });
    for (const note of extractor.notes) shell.say(note);
    const shape = shapeFor(extractor, options);
    const store = featureStore(options.out, shape, extractor);
    const parts = { store, shape, extractor, signal: stop.signal };
    if (options.verify !== undefined) return await verify(shell, options, parts, dataset.clips);
    return await extract(shell, options, parts, dataset.clips);
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) throw error;
    shell.say('interrupted; the same command goes on');
    return interrupted;
  } finally {
    stop.end();
  }
}

type Parts = Pick<ExtractOptions, 'store' | 'shape' | 'extractor' | 'signal'>;
type Entries = readonly ClipEntry[];

async function extract(
  shell: Shell,
  { out, strict }: Options,
  parts: Parts,
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
    for (const { clip, text } of made.warnings) shell.say(`warning: ${clip.path}: ${text}`);
    for (const { error } of made.broken) shell.say(`left out: ${error.message}`);
    const { grid, identity } = parts.extractor;
    const facts = { store: out, clips: made.clips.length, reused: made.reused, broken: made.broken.length };
    shell.printJson({ ...facts, frames, seconds: seconds(), grid, backbone: identity });
    const rate = showFrameRate(frames, startedAt);
    shell.print(
      `${out}: features ${grid.channels} x ${grid.height} x ${grid.width} of ${made.clips.length} clips, ${made.reused} of them from before, ${showSeconds(seconds())}${rate ? `, ${rate}` : ''}`,
    );
    return made.broken.length > 0 ? 1 : 0;
  } finally {
    progress.stop();
  }
}

async function verify(
  shell: Shell,
  { out, verify: sample }: Options,
  parts: Parts,
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
