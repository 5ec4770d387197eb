// `wherewhen ablate DATA --out FOLDER`
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { BackboneSettings } from '../backbone/index.js';
import type { Ablation, AblationOptions } from '../experiments/ablation/ablate.js';
import type { TrainEvent } from '../train/index.js';
import type { VariantGroup } from '../train/recipe/variants.js';
import { usageError } from '../errors.js';
import { backboneOptions, offlineOption, type BackboneOptions } from './backboneOptions.js';
import { chooseBackbone } from './chooseBackbone.js';
import { computeOf, deviceOption, threadsOption, type ComputeOptions } from './computeOptions.js';
import { namedBackbone } from './fetchModel.js';
import { interrupted, onInterrupt } from './interrupt.js';
import { expression, number, whole } from './options.js';
import { partOf, partOptions, requireShared, type PartOptions } from './partOptions.js';
import { queueOption, type QueueOptions } from './queueOption.js';
import { trainByQueue } from './queueTrainings.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';
import { givenTruth } from './truth.js';

/** Groups of rows; said here too, so that `--help` loads nothing. */
const groups = ['paper', 'forms', 'contrast', 'variation', 'mask', 'unimodal', 'weights', 'actor'] as const;

interface Options extends CommonOptions, ComputeOptions, BackboneOptions, PartOptions, QueueOptions {
  out: string;
  rows?: VariantGroup[];
  form: 'pooled' | 'recurrent-additive' | 'recurrent-tanh' | 'actor';
  seeds?: number;
  epochs: number;
  frames: number;
  hidden: number;
  test: number;
  truth?: string;
  group?: RegExp;
  backbone?: string;
  backboneEpochs: number;
  offline?: boolean;
}

/** The command. */
export function ablateCommand(wrap: Wrap): Command {
  const command = new Command('ablate')
    .description(
      'Trains one model many times, one choice changed at a time, and answers what each choice does.',
    )
    .argument('<data>', 'folder of class folders')
    .requiredOption('--out <folder>', 'where rows, features and the table go; the same command goes on there')
    .addOption(
      new Option(
        '--rows <groups>',
        `groups of rows, with commas between: ${groups.join(', ')}; or full: the form alone, to see what seeds do (default: actor for --form actor, all others for other forms)`,
      ).argParser(groupsOf),
    )
    .addOption(
      new Option('--form <name>', 'the model whose parts and losses are varied')
        .choices(['pooled', 'recurrent-additive', 'recurrent-tanh', 'actor'])
        .default('pooled'),
    )
    .addOption(
      new Option(
        '--seeds <n>',
        'trainings of each row (default: 3; 1 for --form actor, a regression that draws nothing)',
      ).argParser(whole(1)),
    )
    .addOption(
      new Option('--epochs <n>', 'of each training; --form actor has none').argParser(whole(1)).default(12),
    )
    .addOption(new Option('--frames <n>', 'sampled from a clip').argParser(whole(3)).default(8))
    .addOption(new Option('--hidden <n>', 'channels of the ConvLSTM').argParser(whole(2)).default(16))
    .addOption(
      new Option('--test <share>', 'of the clips that rows are judged on; nothing learns from them')
        .argParser(number(0.01, 0.9))
        .default(0.3),
    )
    .option('--truth <file>', 'truth.json of the clips: where the boxes lie too')
    .addOption(
      new Option(
        '--group <regex>',
        "takes a clip's group from its file name; groups are never split",
      ).argParser(expression),
    )
    .option(
      '--backbone <name>',
      'frozen network, or small, trained first on the training side (default: $WHEREWHEN_BACKBONE, else one in the cache of the hub, else resnet50 from there)',
    )
    .addOption(new Option('--backbone-epochs <n>', 'of the small one').argParser(whole(1)).default(10));
  const divided = [...partOptions('the table'), queueOption()];
  for (const option of [...backboneOptions(), offlineOption(), ...divided]) command.addOption(option);
  return command
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'rows, figures and answers as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

function groupsOf(text: string): VariantGroup[] {
  const names = text.split(',').map((one) => one.trim());
  if (names.join() === 'full') return [];
  const wrong = names.find((one) => !(groups as readonly string[]).includes(one));
  if (wrong === undefined) return groups.filter((one) => names.includes(one));
  throw new InvalidArgumentError(`expected groups among ${groups.join(', ')}, or full, got ${wrong}`);
}

/** The groups that are asked for, or all that fit the form, and how often each row is trained. Throws `usage` for others. */
async function rowsFor({ form, rows, seeds }: Options): Promise<{ rows: VariantGroup[]; seeds: number }> {
  const { groupsFor } = await import('../train/recipe/variants.js');
  const fit = groupsFor(form);
  const wrong = rows?.find((group) => !fit.includes(group));
  if (wrong !== undefined)
    throw usageError('--rows', `groups that fit --form ${form}: ${fit.join(', ')}`, wrong);
  const isActor = form === 'actor';
  return { rows: rows ?? (isActor ? ['actor'] : [...fit]), seeds: seeds ?? (isActor ? 1 : 3) };
}

/** The frozen network of all rows; undefined for the small one, which rows of a folder that began with it go on with. */
async function backboneOf(
  shell: Shell,
  options: Options,
  data: string,
): Promise<BackboneSettings | undefined> {
  const { backbone: name, out } = options;
  if (name === 'small') return undefined;
  if (name === undefined) {
    const { keptRecipe } = await import('../train/folder/beginRun.js');
    if (await keptRecipe(join(out, 'backbone'))) return undefined;
    return chooseBackbone(shell, { ...options, data });
  }
  return namedBackbone(shell, name, options);
}

/** Has workers train the rows; undefined where the signal came first. */
async function byWorkers(
  shell: Shell,
  address: string,
  asked: AblationOptions & { signal: AbortSignal },
): Promise<Ablation | undefined> {
  const { ablate, countRows } = await import('../experiments/ablation/ablate.js');
  const { out, signal } = asked;
  const queued = { address, out, noun: 'row', count: countRows(asked), signal };
  return trainByQueue(shell, queued, () => ablate({ ...asked, isGather: true }));
}

async function run(shell: Shell, options: Options, data: string): Promise<number> {
  const { ablate } = await import('../experiments/ablation/ablate.js');
  const { ablationMarkdown } = await import('../experiments/ablation/markdown.js');
  const { tableOf } = await import('../experiments/ablation/table.js');
  const { writeAtomically } = await import('../atomicFile.js');
  requireShared(options, options);
  const part = await partOf(options);
  const { out, truth: truthFile, ...sizes } = options;
  const { rows, seeds } = await rowsFor(options);
  const truth = await givenTruth(shell, truthFile);
  const backbone = await backboneOf(shell, options, data);
  const stop = onInterrupt(() => shell.say('stopping after this step; once more to stop at once'));
  const progress = shell.progress('ablating', 'trainings');
  try {
    const asked: AblationOptions & { signal: AbortSignal } = {
      ...sizes,
      ...{
        data,
        out,
        truth,
        backbone,
        groups: rows,
        seeds,
        signal: stop.signal,
        part,
        isGather: options.gather,
      },
      ...computeOf(options),
      onRow: ({ done, total, reused, name: row, seed }) => {
        progress.update(done, total, { reused, note: `${row}, seed ${seed}` });
      },
      onEvent: (event: TrainEvent) => {
        if (event.kind === 'broken') shell.say(`left out: ${event.error.message}`);
      },
    };
    const { queue } = options;
    const ablation = await (queue === undefined ? ablate(asked) : byWorkers(shell, queue, asked));
    progress.stop();
    if (!ablation || ablation.status === 'interrupted') {
      shell.say('interrupted; the same command goes on with the next row');
      return interrupted;
    }
    if (ablation.status === 'part') {
      const rest = `other parts have ${ablation.missing} rows to do`;
      shell.report(
        { kind: 'part', ...part, missing: ablation.missing },
        `part ${options.part}: done; ${rest}`,
      );
      shell.printJson({ ...part, missing: ablation.missing });
      return 0;
    }
    const table = tableOf(ablation);
    const text = ablationMarkdown(table);
    await writeAtomically(join(out, 'ablation.md'), text);
    await writeAtomically(join(out, 'ablation.json'), `${JSON.stringify(table, null, 2)}\n`);
    shell.printJson(table);
    shell.print(text);
    shell.print(`${join(out, 'ablation.md')}: the same, to be kept`);
    return 0;
  } finally {
    progress.stop();
    stop.end();
  }
}
