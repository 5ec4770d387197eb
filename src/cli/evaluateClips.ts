// `wherewhen evaluate MODEL DATA` without a named protocol: one model, one against another, or several of one training.
import { relative } from 'node:path';
import type { Dataset } from '../dataset/index.js';
import type { Precision } from '../savedModel/index.js';
import type { Part } from '../scale/index.js';
import type { Scored, ScoreOptions, EvaluationReport, TruthRule } from '../evaluate/index.js';
import { usageError, WhereWhenError } from '../errors.js';
import { annotationSource, type AnnotationOptions } from './annotationOptions.js';
import { answerPartOf, answersOfParts, dividedEvaluation } from './evaluateParts.js';
import { partOf, tellPart, type PartOptions } from './partOptions.js';
import { predictByQueue } from './predictParts.js';
import type { QueueOptions } from './queueOption.js';
import { computeOf, type ComputeOptions } from './computeOptions.js';
import { interrupted, onInterrupt } from './interrupt.js';
import type { WayOptions } from './localizeOption.js';
import type { CommonOptions, Shell } from './shell.js';
import { givenTruth } from './truth.js';

/** The options of `evaluate` that belong to plain clips. */
export interface ClipsOptions
  extends CommonOptions, AnnotationOptions, ComputeOptions, WayOptions, PartOptions, QueueOptions {
  out?: string;
  truth?: string;
  trainTruth?: string;
  truthRule?: TruthRule;
  against?: string;
  backboneFile?: string;
  precision: Precision;
  looks?: 1 | 2;
  cache?: string;
}

/** Scores and prints. */
export async function evaluateClips(
  shell: Shell,
  options: ClipsOptions,
  model: string,
  data: string,
): Promise<number> {
  const stop = onInterrupt(() => shell.say('stopping after this clip; once more to stop at once'));
  try {
    return await scoreAll(shell, options, { model, data, signal: stop.signal });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    const isKept = options.part !== undefined || options.queue !== undefined;
    shell.say(
      isKept
        ? 'interrupted; the same command goes on'
        : 'interrupted; nothing was written, the same command starts anew',
    );
    return interrupted;
  } finally {
    stop.end();
  }
}

async function scoreAll(
  shell: Shell,
  options: ClipsOptions,
  { model, data, signal }: { model: string; data: string; signal: AbortSignal },
): Promise<number> {
  const { modelFoldersIn } = await import('../savedModel/modelFolder.js');
  const { notesOf, testSideOf } = await import('../dataset/annotated.js');
  const { openDataset } = await import('../dataset/index.js');
  const folders = await modelFoldersIn(model);
  if (folders.length > 1 && options.against !== undefined) throw oneByOne(model, folders.length);
  const listed = await openDataset(data, { annotations: annotationSource(options), leaks: 'note' });
  const dataset = testSideOf(listed);
  for (const note of notesOf(listed)) shell.say(note);
  for (const { path, reason } of dataset.leftOut) shell.say(`left out: ${path} (${reason})`);
  const part = await partOf(options);
  const models = [...folders, ...(options.against === undefined ? [] : [options.against])];
  if (options.queue !== undefined) await answerByQueue(shell, options, { models, dataset, signal });
  if (part) {
    const isWhole = await answerParts(shell, options, { models, dataset, signal, part });
    if (!isWhole) return 0;
  }
  const { truth, trainTruth, truthRule, cache } = options;
  const known = {
    ...{ signal, cache, truthRule, truth: await givenTruth(shell, truth) },
    trainTruth: await givenTruth(shell, trainTruth),
  };
  const scored: Scored[] = [];
  for (const folder of folders) scored.push(await scoreOne(shell, options, folder, dataset, known));
  const [first] = scored;
  if (part) shell = shell.quiet(); // the report of all parts goes to its file
  tell(shell, first!, dataset);
  if (folders.length > 1) {
    const { seedsReport } = await import('../evaluate/reports/seedsReport.js');
    const { seedsTable } = await import('../report/table.js');
    const name = (folder: string) => relative(model, folder);
    const report = seedsReport(scored.map((one, i) => ({ model: name(folders[i]!), report: one.report })));
    shell.printJson(report);
    shell.print(seedsTable(report));
    await writeReport(options.out, report);
  } else {
    const report = await withRival(shell, options, first!, { model, dataset, known });
    await showEvaluation(shell, report);
    await writeReport(options.out, report);
  }
  const broken = Math.max(...scored.map((one) => one.broken));
  if (broken > 0) shell.say(`${broken} of ${dataset.clips.length} clips could not be read (named above)`);
  return broken > 0 && !part ? 1 : 0;
}

async function writeReport(out: string | undefined, report: object): Promise<void> {
  if (out === undefined) return;
  const { writeAtomically } = await import('../atomicFile.js');
  await writeAtomically(out, `${JSON.stringify(report, null, 2)}\n`);
}

/** Has workers answer the clips by every model. Throws the signal's reason. */
async function answerByQueue(
  shell: Shell,
  options: ClipsOptions,
  { models, dataset, signal }: { models: string[]; dataset: Dataset; signal: AbortSignal },
): Promise<void> {
  const clips = dataset.clips.map(({ path }) => path);
  for (const model of models) {
    const divided = await dividedEvaluation(model, dataset.clips, { ...options, out: options.out! });
    await predictByQueue(shell, options.queue!, divided, { model, clips, options, signal });
    signal.throwIfAborted();
  }
}

/** Answers a part of the clips by every model; whether the other parts are done too. */
async function answerParts(
  shell: Shell,
  options: ClipsOptions,
  { models, dataset, signal, part }: { models: string[]; dataset: Dataset; signal: AbortSignal; part: Part },
): Promise<boolean> {
  const { openModel } = await import('../savedModel/index.js');
  const { cacheBeside } = await import('../savedModel/storedBeside.js');
  const { backboneFile, localize, looks, precision, cache } = options;
  const progress = shell.progress('answering', 'clips');
  let missing = 0;
  try {
    for (const folder of models) {
      const divided = await dividedEvaluation(folder, dataset.clips, { ...options, out: options.out! });
      const done = await answerPartOf(
        divided,
        part,
        dataset.clips.map(({ path }) => path),
        {
          ...{ cache, beside: await cacheBeside(folder), signal, predict: { looks } },
          open: () => openModel(folder, { ...computeOf(options), backboneFile, localize, precision }),
          onProgress: (now, total) => progress.update(now, total),
          onBroken: (error) => shell.say(`left out: ${error.message}`),
        },
      );
      missing += done.missing;
      await tellPart(shell, part, done, models.length > 1 ? `answers of ${folder}` : 'clips');
    }
    return missing === 0;
  } finally {
    progress.stop();
  }
}

async function scoreOne(
  shell: Shell,
  options: ClipsOptions,
  folder: string,
  dataset: Dataset,
  known: ScoreOptions,
): Promise<Scored> {
  const { openModel } = await import('../savedModel/index.js');
  const { readLearnt } = await import('../savedModel/learntClips.js');
  const { cacheBeside } = await import('../savedModel/storedBeside.js');
  const { scoreModel } = await import('../evaluate/index.js');
  const { backboneFile, localize, looks, precision, out } = options;
  const isDivided = options.part !== undefined || options.gather === true || options.queue !== undefined;
  const divided = isDivided
    ? await dividedEvaluation(folder, dataset.clips, { ...options, out: out! })
    : undefined;
  const predictor = await openModel(folder, { ...computeOf(options), backboneFile, localize, precision });
  const progress = shell.progress('evaluating', 'clips');
  try {
    return await scoreModel(predictor, dataset, {
      ...known,
      ...(divided && { answers: await answersOfParts(divided, out!) }),
      beside: await cacheBeside(folder),
      learnt: await readLearnt(folder),
      predict: { looks },
      onProgress: (done, total) => progress.update(done, total),
      onBroken: (error) => shell.say(`left out: ${error.message}`),
    });
  } finally {
    progress.stop();
    await predictor.close();
  }
}

/** The report, with what `--against` says where it is given. */
async function withRival(
  shell: Shell,
  options: ClipsOptions,
  { report, records }: Scored,
  { model, dataset, known }: { model: string; dataset: Dataset; known: ScoreOptions },
): Promise<EvaluationReport> {
  const { against } = options;
  if (against === undefined) return report;
  const { inOrderOf } = await import('../evaluate/scoreModel.js');
  const { pairedReport } = await import('../evaluate/index.js');
  const rival = await scoreOne(shell, options, against, dataset, known);
  const { classes } = report;
  const other = inOrderOf(rival, classes, against);
  return {
    ...report,
    against: pairedReport(records, other, { classes, model, against, truthRule: known.truthRule }),
  };
}

function oneByOne(path: string, models: number): WhereWhenError {
  const expected = 'one model where --against is given';
  return usageError(path, expected, `${models} models`);
}

function tell(shell: Shell, { answered, withoutTruth }: Scored, dataset: Dataset): void {
  for (const { clip, result } of answered)
    for (const text of result.warnings) shell.say(`warning: ${clip.path}: ${text}`);
  const [untold] = withoutTruth;
  if (untold && withoutTruth.length < dataset.clips.length)
    shell.say(`no truth for ${withoutTruth.length} clips, as ${untold.name}`);
}

/** The report: JSON, or a table with its sentences. */
export async function showEvaluation(shell: Shell, report: EvaluationReport): Promise<void> {
  shell.printJson(report);
  if (shell.isJson) return;
  const { evaluationTable } = await import('../report/index.js');
  shell.print(evaluationTable(report));
}
