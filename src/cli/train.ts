// `wherewhen train DATA --out MODEL`
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { BackboneSettings } from '../backbone/index.js';
import type { Dataset } from '../dataset/index.js';
import { usageError, WhereWhenError } from '../errors.js';
import type { Listening, Served } from '../server/index.js';
import type { FoldsOptions, FoldsSummary } from '../experiments/index.js';
import type { RecipeInput, TrainEvent } from '../train/index.js';
import { annotationSource } from './annotationOptions.js';
import { letHeapGrow } from './heap.js';
import { interrupted, onInterrupt, quoted } from './interrupt.js';
import { whole } from './options.js';
import { partOptions, type PartOptions } from './partOptions.js';
import { queueOption, type QueueOptions } from './queueOption.js';
import { inPrecision } from './precisionOption.js';
import type { Shell } from './shell.js';
import { firstInFront, trainOptions, type TrainCommandOptions } from './trainOptions.js';
import { recipeWithBackbone } from './trainBackbone.js';
import { conclude } from './trainEnd.js';
import { inParts, requireSeveral } from './trainParts.js';
import { tellAim } from './trainRecipe.js';
import { runSweep } from './trainSweep.js';
import { isTeachZip } from './teachZip.js';
import { trainTeachZip } from './trainTeachZip.js';
import { TrainReporter } from './trainReporter.js';
import type { Wrap } from './wrap.js';

interface Options extends TrainCommandOptions, PartOptions, QueueOptions {
  sweep?: string;
}

/** The command; defaults of the recipe stand in `train/recipe/recipe.ts` and in its help. */
export function trainCommand(wrap: Wrap): Command {
  const command = new Command('train')
    .description('Learns a model from a folder of class folders with clips. Class labels are all it needs.')
    .argument(
      '<data>',
      'folder of class folders, which hold video files or folders of frames; or the zip that a page saved',
    );
  const own = [
    new Option('--out <model>', 'model folder to make').makeOptionMandatory(),
    new Option('--serve [port]', 'show the training in the browser while it runs').argParser(whole(0)),
  ];
  const sweep = new Option(
    '--sweep <file>',
    'many trainings with other settings, on a grid or by random draws, and a table of them by held-out clips (docs/scale.md)',
  ).conflicts(['folds', 'serve']);
  const parts = [...partOptions('the table of folds or of the sweep'), queueOption().conflicts('serve')];
  const several = [sweep, ...parts].map((option) => option.helpGroup('Several trainings:'));
  for (const option of firstInFront([...own, ...trainOptions(), ...several])) command.addOption(option);
  return command.action(wrap(run));
}

async function run(shell: Shell, options: Options, data: string): Promise<number> {
  requireSeveral(options);
  if (isTeachZip(data)) return trainTeachZip(shell, options, data);
  const { train } = await import('../train/index.js');
  const asked = await recipeWithBackbone(shell, options, data);
  const { recipe, dataset } = await quantised(shell, withStored(asked, options), data, options);
  if (options.recipe !== undefined) await tellAim(shell, options.recipe);
  const { out, group, resume, overwrite, strict, cache, device, threads } = options;
  letHeapGrow();
  const stop = onInterrupt(() => shell.say('stopping after this step; once more to stop at once'));
  const reporter = new TrainReporter(shell);
  const all = {
    ...{ data, dataset, out, recipe, group, resume, overwrite, strict, cache, device, threads },
    annotations: annotationSource(options),
    signal: stop.signal,
    onEvent: (event: TrainEvent) => reporter.report(event),
  };
  const { folds, stratify: isStratified, serve: port } = options;
  const server = port === undefined ? undefined : await serveRun(shell, folds ? null : out, port);
  try {
    if (folds) {
      const onBegin = (folder: string): void => {
        reporter.end();
        server?.served.follow(folder);
      };
      const parts = { part: options.part, gather: options.gather, queue: options.queue };
      return await runFolds(
        shell,
        { ...all, ...parts, folds, isStratified },
        { onBegin, onEnd: () => reporter.end() },
      );
    }
    if (options.sweep !== undefined) {
      const { readSweep } = await import('../experiments/sweep/plan.js');
      const parts = { part: options.part, gather: options.gather, queue: options.queue };
      const sweep = await readSweep(options.sweep);
      return await runSweep(shell, { ...all, ...parts, sweep }, () => reporter.end());
    }
    const summary = await train(all);
    reporter.end();
    return conclude(shell, summary, { data, annotations: options.annotations, again: again(data, options) });
  } catch (error) {
    throw await withWayOn(error, out, again(data, options));
  } finally {
    reporter.end();
    await server?.listening.close();
    stop.end();
  }
}

/** The recipe with the precision in which features are stored, where it is asked for. */
function withStored(recipe: RecipeInput, { storePrecision: stored }: TrainCommandOptions): RecipeInput {
  if (stored === undefined) return recipe;
  if (recipe.backbone && recipe.backbone.kind !== 'small')
    return { ...recipe, backbone: { ...recipe.backbone, stored } };
  const expected = 'a frozen backbone, whose features are stored';
  throw usageError('--store-precision', expected, 'small, which is trained', '--backbone NAME');
}

/** The recipe with its frozen backbone in the precision that is asked for, and the clips that calibrated it. */
async function quantised(
  shell: Shell,
  recipe: RecipeInput,
  data: string,
  {
    precision = 'float32',
    out,
    cache = join(out, 'cache'),
    group,
    strict,
    threads,
    ...options
  }: TrainCommandOptions,
): Promise<{ recipe: RecipeInput; dataset?: Dataset }> {
  if (precision === 'float32') return { recipe };
  const { openToLearn } = await import('../train/trainingData.js');
  const dataset = await openToLearn(data, { group, strict, annotations: annotationSource(options) });
  const { stored, ...given } = (recipe.backbone ?? { kind: 'small' }) as BackboneSettings;
  const within = { clips: dataset.clips, folder: cache, threads };
  const backbone = await inPrecision(shell, given as BackboneSettings, precision, within);
  return {
    recipe: { ...recipe, backbone: { ...backbone, ...(stored !== undefined && { stored }) } },
    dataset,
  };
}

/** The page of this training (null: of those that will be named), on this machine only; it goes with the command. */
async function serveRun(
  shell: Shell,
  out: string | null,
  port: number | true,
): Promise<{ listening: Listening; served: Served }> {
  const { listen, openServed } = await import('../server/index.js');
  const served = await openServed(out === null ? { models: [] } : { models: [out], running: out });
  const listening = await listen(served, {
    port: port === true ? 0 : port,
    onError: (error) => shell.fail(error),
  });
  const { url } = listening;
  shell.report({ kind: 'serve', url }, `watch it at ${url} while it runs`);
  return { listening, served };
}

/** One training a group, and the table of them. */
async function runFolds(
  shell: Shell,
  { part, gather, queue, ...options }: FoldsOptions & PartOptions & QueueOptions & { signal: AbortSignal },
  { onBegin, onEnd }: { onBegin: (folder: string) => void; onEnd: () => void },
): Promise<number> {
  const { trainFolds } = await import('../experiments/index.js');
  const { gatherFolds, trainFoldsPart } = await import('../experiments/foldsInParts.js');
  const told: FoldsOptions = {
    ...options,
    onFold: ({ group, index, total: count, folder }) => {
      onBegin(folder);
      shell.report(
        { kind: 'fold', group, index, total: count },
        typeof options.folds === 'number' ? group : `fold ${index + 1}/${count}: without ${group}`,
      );
    },
  };
  return inParts(
    shell,
    { part, gather, queue },
    {
      ...{ out: options.out, noun: 'fold' },
      count: async () => (await import('../experiments/foldsInParts.js')).countFolds(told),
      whole: () => trainFolds(told).finally(onEnd),
      part: (own) => trainFoldsPart(told, own).finally(onEnd),
      gather: () => gatherFolds(told),
      show: showFolds,
      signal: options.signal,
    },
  );
}

function showFolds(shell: Shell, { status, folds, total }: FoldsSummary): number {
  shell.printJson({ status, folds, total });
  const share = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(3));
  const line = (cells: string[]): string =>
    [cells[0]!.padEnd(16), ...cells.slice(1).map((cell) => cell.padStart(9))].join(' ');
  shell.print(line(['left out', 'clips', 'top-1', 'mean pool', 'epoch', 'seconds']));
  for (const { group, score, summary } of folds) {
    const { best, seconds } = summary;
    shell.print(
      line([
        group,
        `${score.clips}`,
        share(score.accuracy),
        share(score.meanAccuracy),
        `${best?.epoch ?? '-'}`,
        seconds.toFixed(1),
      ]),
    );
  }
  shell.print(
    line([
      'all',
      `${total.clips}`,
      share(total.accuracy),
      share(total.meanAccuracy),
      '',
      total.seconds.toFixed(1),
    ]),
  );
  if (total.deviation !== null) shell.print(`deviation over the folds: ${total.deviation.toFixed(3)}`);
  if (status === 'done') return 0;
  shell.say('interrupted; the same command with --resume goes on');
  return interrupted;
}

/** A run that could not write goes on from its last checkpoint: the error says how. */
async function withWayOn(error: unknown, out: string, command: string): Promise<unknown> {
  if (!(error instanceof WhereWhenError) || error.code !== 'output') return error;
  const { isUnfinished } = await import('../train/folder/beginRun.js');
  if (!(await isUnfinished(out).catch(() => false))) return error;
  const hint = [error.hint, `then go on with: ${command}`].filter(Boolean).join('; ');
  return new WhereWhenError({ ...error.toJSON(), hint }, { cause: error });
}

/** The command that goes on with the run; the recipe is kept in its checkpoint, the rest is not. */
function again(data: string, options: TrainCommandOptions): string {
  const { out, group, cache, strict, annotations, format, split } = options;
  const more = [
    ...(annotations === undefined ? [] : ['--annotations', quoted(annotations)]),
    ...(format === undefined ? [] : ['--format', format]),
    ...(split === undefined ? [] : ['--split', split]),
    ...(group ? ['--group', quoted(group.flags ? String(group) : group.source)] : []),
    ...(cache === undefined ? [] : ['--cache', quoted(cache)]),
    ...(strict ? ['--strict'] : []),
  ];
  return ['wherewhen train', quoted(data), '--out', quoted(out), ...more, '--resume'].join(' ');
}
