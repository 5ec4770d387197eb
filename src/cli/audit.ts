// `wherewhen audit MODEL DATA`
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { AuditReport } from '../audit/index.js';
import { WhereWhenError } from '../errors.js';
import { computeOf, deviceOption, threadsOption, type ComputeOptions } from './computeOptions.js';
import { interrupted, onInterrupt } from './interrupt.js';
import { whole } from './options.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';
import { givenTruth } from './truth.js';

interface Options extends CommonOptions, ComputeOptions {
  truth?: string;
  clips: number;
  seed: number;
  out?: string;
  report?: string;
  failOn?: string;
  backboneFile?: string;
}

/** The command. */
export function auditCommand(wrap: Wrap): Command {
  return new Command('audit')
    .description("Tests whether a model's WHERE and WHEN are true: takes away what it highlights, and more.")
    .argument('<model>', 'model folder')
    .argument('<data>', 'folder of class folders, with clips that the model did not learn from')
    .option('--truth <file>', 'truth.json with boxes and times of these clips: pointing game and IoU too')
    .addOption(
      new Option('--clips <n>', 'clips to look at, evenly from the classes').argParser(whole(2)).default(120),
    )
    .addOption(new Option('--seed <n>', 'of every random order').argParser(whole(0)).default(0))
    .option('--out <file>', 'where the audit is kept as JSON (default: audit.json in the model folder)')
    .option('--report <file>', 'one HTML page with figures and pictures')
    .option(
      '--fail-on <list>',
      'exit code 1 for findings of a level (fault, warning) or of named checks, with commas between',
    )
    .option('--backbone-file <file>', 'where the frozen backbone of the model lies now')
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'the audit as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, options: Options, model: string, data: string): Promise<number> {
  const { audit, writeAudit } = await import('../audit/index.js');
  const { auditWords } = await import('../audit/auditWords.js');
  const { failing, parseFailOn } = await import('../audit/finding.js');
  const { clips, seed, report: page, backboneFile } = options;
  const failOn = options.failOn === undefined ? undefined : parseFailOn(options.failOn);
  const truth = await givenTruth(shell, options.truth);
  const stop = onInterrupt(() => shell.say('stopping after this clip; once more to stop at once'));
  const progress = shell.progress('auditing', 'clips');
  try {
    const found = await audit({
      ...{ model, data, truth, clips, seed, backboneFile },
      ...computeOf(options),
      signal: stop.signal,
      onProgress: (done, total) => progress.update(done, total),
      onBroken: (error) => shell.say(`left out: ${error.message}`),
    });
    progress.stop();
    shell.printJson(found);
    shell.print(auditWords(found));
    await keep(shell, found, { model, out: options.out });
    if (page !== undefined) {
      await writeAudit(page, found);
      shell.print(`\n${page}: figures and pictures`);
    }
    if (found.broken > 0) shell.say(`${found.broken} clips could not be read (named above)`);
    const failed = failOn ? failing(found.findings, failOn) : [];
    if (failed.length > 0) {
      shell.say(`failed by --fail-on: ${failed.map(({ check, level }) => `${check} (${level})`).join(', ')}`);
    }
    return failed.length > 0 || found.broken > 0 ? 1 : 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    shell.say('interrupted; nothing was written, the same command starts anew');
    return interrupted;
  } finally {
    progress.stop();
    stop.end();
  }
}

/** Writes the audit where `serve` finds it; a model folder that cannot be written is named, a file that was asked for throws. */
async function keep(
  shell: Shell,
  found: AuditReport,
  { model, out }: { model: string; out?: string },
): Promise<void> {
  const { auditFile } = await import('../savedModel/modelFolder.js');
  const { writeAtomically } = await import('../atomicFile.js');
  const path = out ?? join(model, auditFile);
  try {
    await writeAtomically(path, `${JSON.stringify(found, null, 1)}\n`);
    shell.print(`\n${path}: for \`wherewhen serve\``);
  } catch (error) {
    if (out !== undefined || !(error instanceof WhereWhenError)) throw error;
    shell.say(`not kept: ${error.message}`);
  }
}
