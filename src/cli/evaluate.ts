// `wherewhen evaluate MODEL DATA`
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { ClipEntry, Dataset } from '../data/index.js';
import { WhereWhenError } from '../errors.js';
import type { ClipRecord, EvaluationReport, Truth, TrainingFacts } from '../evaluate/index.js';
import type { Answer, Predictor } from '../infer/index.js';
import { whole } from './options.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';

interface Options extends CommonOptions {
  truth?: string;
  trainTruth?: string;
  device?: 'cpu';
  threads?: number;
}

/** The command. */
export function evaluateCommand(wrap: Wrap): Command {
  return new Command('evaluate')
    .description('Scores a model on labelled clips, each figure beside the answers that look at no picture.')
    .argument('<model>', 'model folder')
    .argument('<data>', 'folder of class folders')
    .option('--truth <file>', 'truth.json with boxes and times of these clips: scores where and when too')
    .option('--train-truth <file>', 'truth.json of the training clips: the constant box is fitted on it')
    .addOption(new Option('--device <name>', 'where to compute').choices(['cpu']).default('cpu'))
    .addOption(new Option('--threads <n>', 'computing threads (default: one a core)').argParser(whole(1)))
    .option('--json', 'the report as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, options: Options, model: string, data: string): Promise<number> {
  const { listDataset, openModel } = await import('../data/index.js');
  const { evaluationReport } = await import('../evaluate/index.js');
  const dataset = await listDataset(data);
  const truth = options.truth === undefined ? undefined : await readTruth(options.truth);
  const trainTruth = options.trainTruth === undefined ? undefined : await readTruth(options.trainTruth);
  for (const { path, reason } of dataset.leftOut) shell.say(`left out: ${path} (${reason})`);
  const predictor = await openModel(model, { device: options.device, threads: options.threads });
  try {
    const { classes } = predictor.config;
    checkLabels(dataset, classes);
    const { records, broken } = await answerAll(
      shell,
      predictor,
      dataset,
      truthFinder(truth, dataset, shell),
    );
    const training = factsOf(trainTruth, predictor);
    const report = evaluationReport(records, { classes, protocol: basename(resolve(data)), training });
    await show(shell, report);
    if (broken > 0) shell.say(`${broken} of ${dataset.clips.length} clips could not be read (named above)`);
    return broken > 0 ? 1 : 0;
  } finally {
    await predictor.close();
  }
}

/** Answers every clip, decoding the next while the model looks at this one. Broken clips are named and counted. */
async function answerAll(
  shell: Shell,
  predictor: Predictor,
  dataset: Dataset,
  truthOf: (clip: ClipEntry) => ClipRecord['truth'],
): Promise<{ records: ClipRecord[]; broken: number }> {
  const { DecodePool } = await import('../video/index.js');
  const records: ClipRecord[] = [];
  let [broken, done] = [0, 0];
  const progress = shell.progress('evaluating', 'clips');
  const wanted = dataset.clips.map(({ path }) => ({ path, options: predictor.shape }));
  try {
    for await (const outcome of new DecodePool().readClips(wanted)) {
      const entry = dataset.clips[done]!;
      if ('clip' in outcome) {
        const answer = await predictor.predict(outcome.clip, outcome.path);
        records.push(recordOf(entry, answer, truthOf(entry)));
      } else if (outcome.error instanceof WhereWhenError) {
        broken++;
        shell.say(`left out: ${outcome.error.message}`);
      } else {
        throw outcome.error;
      }
      progress.update(++done, wanted.length);
    }
  } finally {
    progress.stop();
  }
  return { records, broken };
}

function recordOf(
  { name, label }: ClipEntry,
  { result, points, probabilities }: Answer,
  truth: ClipRecord['truth'],
): ClipRecord {
  return {
    clip: name,
    label,
    durationSeconds: result.video.durationSeconds,
    probabilities: Array.from(probabilities),
    frames: result.frames.map((frame, i) => ({ ...frame, point: points[i] ?? null })),
    segments: result.segments,
    truth,
  };
}

function checkLabels({ classes, folder }: Dataset, known: readonly string[]): void {
  const strangers = classes.filter((label) => !known.includes(label));
  if (strangers.length === 0) return;
  throw new WhereWhenError({
    code: 'input',
    path: folder,
    expected: `classes of the model (${known.join(', ')})`,
    received: strangers.join(', '),
  });
}

async function readTruth(path: string): Promise<Truth> {
  const { parseTruth } = await import('../evaluate/index.js');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new WhereWhenError(
      { code: 'missing', path, expected: 'a truth file', received: 'no readable file' },
      { cause },
    );
  }
  try {
    return parseTruth(JSON.parse(text), path);
  } catch (cause) {
    if (cause instanceof WhereWhenError) throw cause;
    const received = (cause as Error).message;
    throw new WhereWhenError({ code: 'format', path, expected: 'JSON', received }, { cause });
  }
}

/** Finds a clip's truth by `class/file`; says how many clips have none. Throws `input` when none has. */
function truthFinder(
  truth: Truth | undefined,
  dataset: Dataset,
  shell: Shell,
): (clip: ClipEntry) => ClipRecord['truth'] {
  if (!truth) return () => undefined;
  // The file may name clips from a folder above: `test/class/file`.
  const above = `${basename(dirname(resolve(dataset.folder, 'x')))}/`;
  const find = ({ name }: ClipEntry) => truth.clips[name] ?? truth.clips[above + name];
  const without = dataset.clips.filter((clip) => !find(clip));
  if (without.length === dataset.clips.length) {
    throw new WhereWhenError({
      code: 'input',
      path: '--truth',
      expected: `entries for the clips of ${dataset.folder}, as "${dataset.clips[0]!.name}"`,
      received: `only others, as "${Object.keys(truth.clips)[0] ?? 'none'}"`,
    });
  }
  if (without.length > 0) shell.say(`no truth for ${without.length} clips, as ${without[0]!.name}`);
  return find;
}

/** What the trivial answers may know: the training labels that the model folder counts, and the training truth. */
function factsOf(trainTruth: Truth | undefined, { config }: Predictor): TrainingFacts {
  const counts = config.training?.classCounts;
  const counted = Array.isArray(counts)
    ? config.classes.flatMap((label, k) => new Array<string>(Number(counts[k] ?? 0)).fill(label))
    : undefined;
  const truth = trainTruth && Object.values(trainTruth.clips);
  return { labels: counted ?? truth?.map(({ label }) => label), truth };
}

async function show(shell: Shell, report: EvaluationReport): Promise<void> {
  shell.printJson(report);
  if (shell.isJson) return;
  const { evaluationTable } = await import('../report/index.js');
  shell.print(evaluationTable(report));
}
