// `wherewhen evaluate MODEL DATA`, and with `--protocol` what protocol.ts does
import { Command, Option } from 'commander';
import type { EvaluationReport } from '../evaluate/index.js';
import { WhereWhenError } from '../errors.js';
import { annotationSource } from './annotationOptions.js';
import { computeOf, deviceOption, threadsOption } from './computeOptions.js';
import { interrupted, onInterrupt } from './interrupt.js';
import { numbers } from './options.js';
import { asksForProtocol, runNamedProtocol, type ProtocolOptions } from './protocol.js';
import type { Shell } from './shell.js';
import type { Wrap } from './wrap.js';

interface Options extends ProtocolOptions {
  format?: string;
  truth?: string;
  trainTruth?: string;
  backboneFile?: string;
}

/** The command. */
export function evaluateCommand(wrap: Wrap): Command {
  return new Command('evaluate')
    .description('Scores a model on labelled clips, each figure beside the answers that look at no picture.')
    .argument('[model]', 'model folder (not needed with --detections)')
    .argument('[data]', 'folder of class folders, or of untrimmed videos')
    .option('--truth <file>', 'truth.json with boxes and times of these clips: scores where and when too')
    .option('--train-truth <file>', 'truth.json of the training clips: the constant box is fitted on it')
    .option('--protocol <name>', 'thumos14, activitynet, ucf101, hmdb51, ucf101-24 or a script protocol')
    .option('--annotations <path>', "the set's own annotations, or a list of clips: a folder or a file")
    .option('--format <name>', 'of --annotations, where its looks do not tell (without --protocol)')
    .option('--detections <file>', "detections of others to score: ActivityNet's JSON or THUMOS text")
    .option('--thresholds <list>', 'temporal IoU thresholds, as 0.3,0.5', numbers(0, 1))
    .addOption(new Option('--split <n>', 'one official split (default: all)').choices(['1', '2', '3']))
    .addOption(
      new Option('--subset <name>', 'side of temporal annotations').choices(['train', 'validation', 'test']),
    )
    .option('--backbone-file <file>', 'where the frozen backbone of the model lies now')
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'the report as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, options: Options, model?: string, data?: string): Promise<number> {
  if (asksForProtocol(options)) return runNamedProtocol(shell, options, model, data);
  if (model !== undefined && data !== undefined) return runClips(shell, options, model, data);
  throw new WhereWhenError({
    code: 'usage',
    path: 'evaluate',
    expected: 'a model and a folder of clips',
    received: model === undefined ? 'neither' : 'a model only',
    hint: 'detections of others: --protocol NAME --detections FILE --annotations PATH',
  });
}

async function runClips(shell: Shell, options: Options, model: string, data: string): Promise<number> {
  const { notesOf, openDataset, openModel, readTruth, scoreModel, testSideOf } =
    await import('../data/index.js');
  const stop = onInterrupt(() => shell.say('stopping after this clip; once more to stop at once'));
  const listed = await openDataset(data, { annotations: annotationSource(options), leaks: 'note' });
  const dataset = testSideOf(listed);
  for (const note of notesOf(listed)) shell.say(note);
  const truth = options.truth === undefined ? undefined : await readTruth(options.truth);
  const trainTruth = options.trainTruth === undefined ? undefined : await readTruth(options.trainTruth);
  for (const { path, reason } of dataset.leftOut) shell.say(`left out: ${path} (${reason})`);
  const predictor = await openModel(model, {
    ...computeOf(options),
    backboneFile: options.backboneFile,
  });
  const progress = shell.progress('evaluating', 'clips');
  try {
    const { report, answered, broken, withoutTruth } = await scoreModel(predictor, dataset, {
      truth,
      trainTruth,
      signal: stop.signal,
      onProgress: (done, total) => progress.update(done, total),
      onBroken: (error) => shell.say(`left out: ${error.message}`),
    });
    progress.stop();
    for (const { clip, result } of answered)
      for (const text of result.warnings) shell.say(`warning: ${clip.path}: ${text}`);
    if (withoutTruth.length > 0)
      shell.say(`no truth for ${withoutTruth.length} clips, as ${withoutTruth[0]!.name}`);
    await showEvaluation(shell, report);
    if (broken > 0) shell.say(`${broken} of ${dataset.clips.length} clips could not be read (named above)`);
    return broken > 0 ? 1 : 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    progress.stop();
    shell.say('interrupted; nothing was written, the same command starts anew');
    return interrupted;
  } finally {
    progress.stop();
    stop.end();
    await predictor.close();
  }
}

/** The report: JSON, or a table with its sentences. */
export async function showEvaluation(shell: Shell, report: EvaluationReport): Promise<void> {
  shell.printJson(report);
  if (shell.isJson) return;
  const { evaluationTable } = await import('../report/index.js');
  shell.print(evaluationTable(report));
}
