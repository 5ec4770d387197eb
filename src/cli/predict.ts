// `wherewhen predict MODEL CLIP...`
import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { Command, Option } from 'commander';
import { usageError } from '../errors.js';
import type { Answer, Predictor } from '../infer/index.js';
import type { Result } from '../result.js';
import { cacheOption } from './backboneOptions.js';
import { modelPrecisionOption } from './precisionOption.js';
import type { Precision } from '../savedModel/index.js';
import { computeOf, deviceOption, threadsOption, type ComputeOptions } from './computeOptions.js';
import { interrupted, onInterrupt } from './interrupt.js';
import { number, whole } from './options.js';
import { localizeOption, type WayOptions } from './localizeOption.js';
import { askedClasses, classOption, looksOption, type LookOptions } from './lookOptions.js';
import type { Progress } from './progress.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';

interface Options extends CommonOptions, ComputeOptions, WayOptions, LookOptions {
  top: number;
  leastScore?: number;
  overlay?: string;
  report?: string;
  backboneFile?: string;
  precision: Precision;
  cache?: string;
  windows?: number;
}

/** The command. */
export function predictCommand(wrap: Wrap): Command {
  return new Command('predict')
    .description('Says what happens in clips, where and when.')
    .argument('<model>', 'model folder')
    .argument('<clip...>', 'video files or folders of frames')
    .addOption(new Option('--top <n>', 'classes to name').argParser(whole(1)).default(5))
    .addOption(classOption())
    .addOption(
      new Option('--least-score <p>', 'leave out segments, and actors, whose score is below this').argParser(
        number(0, 1),
      ),
    )
    .addOption(looksOption())
    .option('--overlay <folder>', 'an MP4 a clip that shows mask, box, class and weights')
    .option('--report <file>', 'one HTML file about all clips, which opens without a network')
    .addOption(
      new Option(
        '--windows <seconds>',
        'look at long videos in half-overlapping windows of this length, whatever their own: a frame every SECONDS / n',
      ).argParser(number(1e-3)),
    )
    .option('--backbone-file <file>', 'where the frozen backbone of the model lies now')
    .addOption(modelPrecisionOption())
    .addOption(cacheOption().conflicts('windows'))
    .addOption(localizeOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'the results as a JSON array on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, options: Options, model: string, clips: string[]): Promise<number> {
  const { openModel } = await import('../savedModel/index.js');
  await openOutputs(options);
  const predictor = await openModel(model, {
    ...computeOf(options),
    backboneFile: options.backboneFile,
    localize: options.localize,
    precision: options.precision,
  });
  const { classes } = predictor.config;
  const ask = await orClose(predictor, () => askedClasses(options.class, classes));
  const stop = onInterrupt(() => shell.say('stopping; once more to stop at once'));
  const done = new Answered(shell, options, clips, stop.signal);
  const answer = options.windows === undefined ? answerWhole : answerWindows;
  try {
    await answer({ predictor, clips, done, options, ask, signal: stop.signal });
  } finally {
    await predictor.close();
  }
  const failed = await done.end(stop.signal.aborted);
  stop.end();
  return stop.signal.aborted ? interrupted : failed > 0 ? 1 : 0;
}

interface Asked {
  predictor: Predictor;
  clips: string[];
  done: Answered;
  options: Options;
  /** Classes whose actors are asked for. */
  ask: readonly string[];
  signal: AbortSignal;
}

/** What `check` gives; where it throws, the model is closed first. */
async function orClose<T>(predictor: Predictor, check: () => T): Promise<T> {
  try {
    return check();
  } catch (error) {
    await predictor.close();
    throw error;
  }
}

async function answerWhole({ predictor, clips, done, options, ask, signal }: Asked): Promise<void> {
  const { answerClips } = await import('../savedModel/index.js');
  const predict = { ask, looks: options.looks };
  for await (const outcome of answerClips(predictor, clips, { cache: options.cache, predict })) {
    if (signal.aborted) break;
    await done.add(async () => {
      if ('error' in outcome) throw outcome.error;
      return outcome.answer;
    });
  }
}

async function answerWindows({ predictor, clips, done, options, ask, signal }: Asked): Promise<void> {
  const { predictVideo } = await import('../savedModel/index.js');
  for (const path of clips) {
    if (signal.aborted) break;
    await done.add(async () => ({
      result: await predictVideo(predictor, path, {
        ...{ windowSeconds: options.windows!, signal },
        predict: { ask, looks: options.looks },
      }),
    }));
  }
}

/** What was answered so far. A clip that fails is reported and counted; what others left stays. */
class Answered {
  readonly #shell: Shell;
  readonly #options: Options;
  readonly #clips: readonly string[];
  readonly #signal: AbortSignal;
  readonly #results: Result[] = [];
  readonly #progress: Progress | undefined;
  #looked = 0;
  #failed = 0;

  constructor(shell: Shell, options: Options, clips: readonly string[], signal: AbortSignal) {
    this.#signal = signal;
    this.#shell = shell;
    this.#options = options;
    this.#clips = clips;
    // Results that come one by one on the terminal show the progress themselves.
    const isSeen = !shell.isJson && process.stdout.isTTY;
    this.#progress = isSeen ? undefined : shell.progress('predicting', 'clips');
  }

  /** Takes the next clip's answer: prints it and draws its overlay. */
  async add(work: () => Promise<Pick<Answer, 'result'>>): Promise<void> {
    const path = this.#clips[this.#looked]!;
    await this.#guard(async () => {
      const full = aboveScore((await work()).result, this.#options.leastScore);
      const result = { ...full, classes: full.classes.slice(0, this.#options.top) };
      this.#results.push(result);
      await printResult(this.#shell, result);
      const { overlay } = this.#options;
      if (overlay !== undefined) await this.#draw(join(overlay, this.#overlayName(path)), path, full);
    });
    this.#progress?.update(++this.#looked, this.#clips.length);
  }

  /** Prints and writes what is about all clips; resolves with the number of failures. */
  async end(isInterrupted: boolean): Promise<number> {
    this.#progress?.stop();
    this.#shell.printJson(this.#results);
    const { report } = this.#options;
    if (report !== undefined && this.#results.length > 0) await this.#guard(() => this.#write(report));
    const count = `${this.#results.length} of ${this.#clips.length} clips`;
    if (isInterrupted) this.#shell.say(`interrupted after ${count}`);
    else if (this.#failed > 0) this.#shell.say(`${count} answered, ${this.#failed} failed (named above)`);
    return this.#failed;
  }

  async #draw(file: string, path: string, result: Result): Promise<void> {
    const { overlayVideo } = await import('../report/index.js');
    await makeFolder(dirname(file));
    await overlayVideo(file, { clip: path, result, signal: this.#signal });
    this.#shell.report({ kind: 'overlay', clip: path, file }, `wrote ${file}`);
  }

  async #write(file: string): Promise<void> {
    const { writeReport } = await import('../report/index.js');
    const clips = this.#results.map((result) => ({ path: result.clip, result }));
    await writeReport(file, clips);
    this.#shell.report({ kind: 'report', file }, `wrote ${file}`);
  }

  /** `dive.overlay.mp4`, never the name of a clip; clips of one name in several folders get a number. */
  #overlayName(path: string): string {
    const nameOf = (clip: string): string => basename(clip, extname(clip));
    const before = this.#clips.slice(0, this.#looked).filter((clip) => nameOf(clip) === nameOf(path)).length;
    return `${nameOf(path)}${before > 0 ? `-${before + 1}` : ''}.overlay.mp4`;
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#signal.aborted && (error as Error)?.name === 'AbortError') return; // an overlay that was cut short
      this.#failed++;
      this.#shell.fail(error);
    }
  }
}

/** Looks at where answers go before work starts: hours of answers must not end before a shut door. */
async function openOutputs({ overlay, report }: Options): Promise<void> {
  if (overlay !== undefined) {
    await makeFolder(overlay);
    await (await import('../atomicFile.js')).sweepTemporaries(overlay);
  }
  if (report === undefined) return;
  const isFolder = await stat(report).then(
    (facts) => facts.isDirectory(),
    () => /[/\\]$/.test(report),
  );
  if (isFolder) {
    const hint = `for example ${join(report, 'report.html')}`;
    throw usageError('--report', 'a file', `the folder ${report}`, hint);
  }
  await makeFolder(dirname(report));
}

/** The result without the segments and actors below a score; segments name their actors by their new places. */
function aboveScore(result: Result, least = 0): Result {
  if (least === 0) return result;
  const kept = result.actors.filter(({ score }) => score >= least);
  const segments = result.segments.filter(({ score }) => score >= least);
  return {
    ...result,
    actors: kept,
    segments: segments.map(({ actor, ...segment }) => {
      const place = actor === undefined ? -1 : kept.indexOf(result.actors[actor]!);
      return { ...segment, ...(place >= 0 && { actor: place }) };
    }),
  };
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    const { writeError } = await import('../atomicFile.js');
    throw writeError(folder, cause);
  }
}

async function printResult(shell: Shell, result: Result): Promise<void> {
  const { sentences } = await import('../page/sentences.js');
  const scores = result.classes.map(({ label, probability }) => `${label} ${probability.toFixed(3)}`);
  const lines = [scores.join(', '), ...sentences(result)];
  shell.print([result.clip, ...lines.map((line) => `  ${line}`)].join('\n'));
}
