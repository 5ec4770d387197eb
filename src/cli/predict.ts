// `wherewhen predict MODEL CLIP...`
import { mkdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join as joinPath } from 'node:path';
import { Command, Option } from 'commander';
import { isFile } from '../backbone/hub/cache.js';
import { usageError } from '../errors.js';
import type { Predictor } from '../infer/index.js';
import type { Result } from '../result.js';
import { cacheOption } from './backboneOptions.js';
import { modelPrecisionOption } from './precisionOption.js';
import type { KeptAnswer, KeptOutcome, Precision } from '../savedModel/index.js';
import type { Divided, Part, Piece } from '../scale/index.js';
import { computeOf, deviceOption, threadsOption, type ComputeOptions } from './computeOptions.js';
import { interrupted, onInterrupt } from './interrupt.js';
import { number, whole } from './options.js';
import { localizeOption, type WayOptions } from './localizeOption.js';
import { partOf, partOptions, requireShared, tellPart, type PartOptions } from './partOptions.js';
import { dividedPredictions, predictByQueue } from './predictParts.js';
import { queueOption, requireOut, type QueueOptions } from './queueOption.js';
import { askedClasses, classOption, looksOption, type LookOptions } from './lookOptions.js';
import type { Progress } from './progress.js';
import { modelArgument } from './teachZip.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';

/** What commander makes of the options. */
export interface PredictCommandOptions
  extends CommonOptions, ComputeOptions, WayOptions, LookOptions, PartOptions, QueueOptions {
  top: number;
  leastScore?: number;
  overlay?: string;
  report?: string;
  out?: string;
  backboneFile?: string;
  precision: Precision;
  cache?: string;
  windows?: number;
}

/** The command. */
export function predictCommand(wrap: Wrap): Command {
  const command = new Command('predict')
    .description('Says what happens in clips, where and when.')
    .argument('<model>', 'model folder, or the zip that a page saved')
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
    .option('--out <file>', 'the results as a JSON array in a file')
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
    .addOption(localizeOption());
  for (const option of [...partOptions('OUT and the report'), queueOption()]) command.addOption(option);
  return command
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'the results as a JSON array on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(
  shell: Shell,
  options: PredictCommandOptions,
  given: string,
  clips: string[],
): Promise<number> {
  requireShared(options, options);
  requireOut(options);
  const part = await partOf(options);
  await openOutputs(options);
  await using opened = await modelArgument(given);
  const model = opened.folder;
  const isDivided = part !== undefined || options.gather || options.queue !== undefined;
  const divided = isDivided ? await dividedPredictions(model, clips, options) : undefined;
  const stop = onInterrupt(() => shell.say('stopping; once more to stop at once'));
  const work = { shell, options, model, clips, signal: stop.signal };
  try {
    if (!divided) return await answerAll(work);
    if (options.queue !== undefined) {
      const isDone = await predictByQueue(shell, options.queue, divided, work);
      return isDone ? await join(work, divided) : interrupted;
    }
    return part ? await answerPart(work, divided, part) : await join(work, divided);
  } finally {
    stop.end();
  }
}

/** One command line. */
interface Work {
  shell: Shell;
  options: PredictCommandOptions;
  model: string;
  clips: string[];
  signal: AbortSignal;
}

async function answerAll(work: Work): Promise<number> {
  const { clips, signal } = work;
  const done = new AnswerTally(work);
  for await (const outcome of outcomesOf(work, clips)) await done.add(outcome);
  const failed = await done.end(signal.aborted);
  return signal.aborted ? interrupted : failed > 0 ? 1 : 0;
}

/** Answers a part of the clips, and joins all parts where it is the last one that ends. */
async function answerPart(work: Work, divided: Divided, part: Part): Promise<number> {
  const { shell, clips, signal } = work;
  const { makePart } = await import('../scale/index.js');
  const { pieceOf } = await import('../savedModel/index.js');
  const done = await makePart(divided, part, async function* (places): AsyncGenerator<{
    place: number;
    piece: Piece<unknown>;
  }> {
    if (places.length === 0) return;
    const paths = places.map((place) => clips[place]!);
    const answered = new AnswerTally({ ...work, shell: shell.isJson ? shell.quiet() : shell }, { places });
    let next = 0;
    for await (const outcome of outcomesOf(work, paths)) {
      await answered.add(outcome);
      yield { place: places[next++]!, piece: pieceOf(outcome) };
    }
    answered.stop();
  });
  shell.printJson({ ...part, ...done });
  await tellPart(shell, part, done, 'clips');
  if (signal.aborted) return interrupted;
  if (done.missing === 0) await join({ ...work, shell: shell.quiet() }, divided);
  return 0; // a clip that cannot be read is told of by whoever joins
}

/** What one process would have printed and written, from the answers of all parts. */
async function join(work: Work, divided: Divided): Promise<number> {
  const { clips, options } = work;
  const { gatheredAnswers } = await import('../savedModel/index.js');
  const done = new AnswerTally(work, { isJoined: true });
  for await (const outcome of gatheredAnswers(divided, clips, options.out!)) await done.add(outcome);
  return (await done.end(false)) > 0 ? 1 : 0;
}

/** The model's answers, one after another, until the signal. */
async function* outcomesOf(work: Work, paths: readonly string[]): AsyncGenerator<KeptOutcome> {
  const { options, model, signal } = work;
  const { openModel } = await import('../savedModel/index.js');
  const { cacheBeside } = await import('../savedModel/storedBeside.js');
  const predictor = await openModel(model, {
    ...computeOf(options),
    backboneFile: options.backboneFile,
    localize: options.localize,
    precision: options.precision,
  });
  try {
    const beside = await cacheBeside(model);
    const ask = askedClasses(options.class, predictor.config.classes);
    const answers = options.windows === undefined ? wholeAnswers : windowAnswers;
    for await (const outcome of answers(predictor, paths, { ...work, ask, beside })) {
      if (signal.aborted) return;
      yield outcome;
    }
  } finally {
    await predictor.close();
  }
}

/** A command line, the classes whose actors are asked for, and the features that the training left in the model folder. */
type AskedWork = Work & { ask: readonly string[]; beside: string | undefined };

async function* wholeAnswers(
  predictor: Predictor,
  paths: readonly string[],
  { options, ask, beside }: AskedWork,
): AsyncGenerator<KeptOutcome> {
  const { answerClips } = await import('../savedModel/index.js');
  yield* answerClips(predictor, paths, {
    cache: options.cache,
    beside,
    predict: { ask, looks: options.looks },
  });
}

async function* windowAnswers(
  predictor: Predictor,
  paths: readonly string[],
  { options, ask, signal }: AskedWork,
): AsyncGenerator<KeptOutcome> {
  const { predictVideo } = await import('../savedModel/index.js');
  for (const path of paths) {
    if (signal.aborted) return;
    try {
      const result = await predictVideo(predictor, path, {
        ...{ windowSeconds: options.windows!, signal },
        predict: { ask, looks: options.looks },
      });
      yield { path, answer: { result } };
    } catch (error) {
      yield { path, error };
    }
  }
}

/** What was answered so far. A clip that fails is reported and counted; what others left stays. */
class AnswerTally {
  readonly #shell: Shell;
  readonly #options: PredictCommandOptions;
  readonly #clips: readonly string[];
  readonly #places: readonly number[];
  readonly #isPart: boolean;
  readonly #isJoined: boolean;
  readonly #signal: AbortSignal;
  readonly #results: Result[] = [];
  readonly #progress: Progress | undefined;
  #looked = 0;
  #failed = 0;

  /** `places` of a part's clips, in the order in which they come: their results are joined elsewhere. */
  constructor(
    { shell, options, clips, signal }: Work,
    { places, isJoined = false }: { places?: readonly number[]; isJoined?: boolean } = {},
  ) {
    this.#places = places ?? [...clips.keys()];
    this.#isPart = places !== undefined;
    this.#isJoined = isJoined;
    this.#signal = signal;
    this.#shell = shell;
    this.#options = options;
    this.#clips = clips;
    // Results that come one by one on the terminal show the progress themselves.
    const isSeen = !shell.isJson && process.stdout.isTTY;
    this.#progress = isSeen ? undefined : shell.progress('predicting', 'clips');
  }

  /** Takes the next clip's answer: prints it and draws its overlay. */
  async add(outcome: KeptOutcome): Promise<void> {
    const place = this.#places[this.#looked]!;
    const path = this.#clips[place]!;
    await this.#guard(async () => {
      const full = aboveScore(answerOf(outcome).result, this.#options.leastScore);
      const result = { ...full, classes: full.classes.slice(0, this.#options.top) };
      if (!this.#isPart) this.#results.push(result);
      await printResult(this.#shell, result);
      const { overlay } = this.#options;
      if (overlay !== undefined) await this.#draw(joinPath(overlay, this.#overlayName(place)), path, full);
    });
    this.#progress?.update(++this.#looked, this.#places.length);
  }

  /** Prints and writes what is about all clips; resolves with the number of failures. */
  async end(isInterrupted: boolean): Promise<number> {
    this.stop();
    this.#shell.printJson(this.#results);
    const { report, out } = this.#options;
    if (out !== undefined) {
      const { writeAtomically } = await import('../atomicFile.js');
      await writeAtomically(out, `${JSON.stringify(this.#results, null, 2)}\n`);
    }
    if (report !== undefined && this.#results.length > 0) await this.#guard(() => this.#write(report));
    const count = `${this.#results.length} of ${this.#clips.length} clips`;
    if (isInterrupted) this.#shell.say(`interrupted after ${count}`);
    else if (this.#failed > 0) this.#shell.say(`${count} answered, ${this.#failed} failed (named above)`);
    return this.#failed;
  }

  /** Takes the bar away. */
  stop(): void {
    this.#progress?.stop();
  }

  async #draw(file: string, path: string, result: Result): Promise<void> {
    if (this.#isJoined && (await isFile(file))) return; // a part has drawn it
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
  #overlayName(place: number): string {
    const nameOf = (clip: string): string => basename(clip, extname(clip));
    const path = this.#clips[place]!;
    const before = this.#clips.slice(0, place).filter((clip) => nameOf(clip) === nameOf(path)).length;
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
async function openOutputs({ overlay, report, out }: PredictCommandOptions): Promise<void> {
  if (overlay !== undefined) {
    await makeFolder(overlay);
    await (await import('../atomicFile.js')).sweepTemporaries(overlay);
  }
  if (report !== undefined) await openFile('--report', report, 'report.html');
  if (out !== undefined) await openFile('--out', out, 'results.json');
}

async function openFile(option: string, file: string, example: string): Promise<void> {
  const isFolder = await stat(file).then(
    (facts) => facts.isDirectory(),
    () => /[/\\]$/.test(file),
  );
  if (isFolder)
    throw usageError(option, 'a file', `the folder ${file}`, `for example ${joinPath(file, example)}`);
  await makeFolder(dirname(file));
}

function answerOf(outcome: KeptOutcome): KeptAnswer {
  if ('error' in outcome) throw outcome.error;
  return outcome.answer;
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
