// `wherewhen train DATA --out MODEL`
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { BackboneSettings } from '../backbone/index.js';
import { WhereWhenError } from '../errors.js';
import type { Listening, Served } from '../server/index.js';
import type { FoldsOptions } from '../experiments/index.js';
import type { RecipeInput, TrainEvent, TrainSummary } from '../train/index.js';
import { annotationSource } from './annotationOptions.js';
import { interrupted, onInterrupt, quoted } from './interrupt.js';
import { whole } from './options.js';
import { inPrecision } from './precisionOption.js';
import { showSeconds } from './progress.js';
import type { Shell } from './shell.js';
import { firstInFront, trainOptions, type TrainCommandOptions } from './trainOptions.js';
import { recipeWithBackbone } from './trainBackbone.js';
import { tellAim } from './trainRecipe.js';
import { TrainReporter } from './trainReporter.js';
import type { Wrap } from './wrap.js';

/** The command; defaults of the recipe stand in `train/recipe/recipe.ts` and in its help. */
export function trainCommand(wrap: Wrap): Command {
  const command = new Command('train')
    .description('Learns a model from a folder of class folders with clips. Class labels are all it needs.')
    .argument('<data>', 'folder of class folders; each holds video files or folders of frames');
  const own = [
    new Option('--out <model>', 'model folder to make').makeOptionMandatory(),
    new Option('--serve [port]', 'show the training in the browser while it runs').argParser(whole(0)),
  ];
  for (const option of firstInFront([...own, ...trainOptions()])) command.addOption(option);
  return command.action(wrap(run));
}

async function run(shell: Shell, options: TrainCommandOptions, data: string): Promise<number> {
  const { train } = await import('../train/index.js');
  const recipe = await quantised(shell, await recipeWithBackbone(shell, options, data), data, options);
  if (options.recipe !== undefined) await tellAim(shell, options.recipe);
  const { out, group, resume, overwrite, strict, cache, device, threads } = options;
  const stop = onInterrupt(() => shell.say('stopping after this step; once more to stop at once'));
  const reporter = new TrainReporter(shell);
  const all = {
    ...{ data, out, recipe, group, resume, overwrite, strict, cache, device, threads },
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
      return await runFolds(shell, { ...all, folds, isStratified }, { onBegin, onEnd: () => reporter.end() });
    }
    const summary = await train(all);
    reporter.end();
    return conclude(shell, summary, again(data, options));
  } catch (error) {
    throw await withWayOn(error, out, again(data, options));
  } finally {
    reporter.end();
    await server?.listening.close();
    stop.end();
  }
}

/** The recipe with its frozen backbone in the precision that is asked for, calibrated on the clips. */
async function quantised(
  shell: Shell,
  recipe: RecipeInput,
  data: string,
  { precision = 'float32', out, cache = join(out, 'cache'), group, threads, ...options }: TrainCommandOptions,
): Promise<RecipeInput> {
  if (precision === 'float32') return recipe;
  const { openDataset } = await import('../dataset/index.js');
  const { clips } = await openDataset(data, { group, annotations: annotationSource(options) });
  const given = (recipe.backbone ?? { kind: 'small' }) as BackboneSettings;
  return {
    ...recipe,
    backbone: await inPrecision(shell, given, precision, { clips, folder: cache, threads }),
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
  options: FoldsOptions,
  { onBegin, onEnd }: { onBegin: (folder: string) => void; onEnd: () => void },
): Promise<number> {
  const { trainFolds } = await import('../experiments/index.js');
  const { status, folds, total } = await trainFolds({
    ...options,
    onFold: ({ group, index, total: count, folder }) => {
      onBegin(folder);
      shell.report(
        { kind: 'fold', group, index, total: count },
        typeof options.folds === 'number' ? group : `fold ${index + 1}/${count}: without ${group}`,
      );
    },
  });
  onEnd();
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

function conclude(shell: Shell, summary: TrainSummary, command: string): number {
  const { status, folder, best, clips, epochs, seconds, refit, meanPool } = summary;
  shell.printJson(summary);
  if (clips.broken + clips.leftOut > 0) {
    shell.say(`left out: ${clips.broken} broken clips, ${clips.leftOut} other files (named above)`);
  }
  if (status === 'interrupted') {
    shell.say(`interrupted in epoch ${epochs + 1}; go on with: ${command}`);
    return interrupted;
  }
  const held =
    clips.validation > 0 && best
      ? `held-out accuracy ${best.accuracy.toFixed(3)}${beside(meanPool?.accuracy)} on ${clips.validation} clips`
      : 'nothing held out';
  const anew = refit ? `, then trained anew on all ${refit.clips} clips` : '';
  shell.print(`${folder}: ${held}, best epoch ${best?.epoch} of ${epochs}${anew}, ${showSeconds(seconds)}`);
  if (summary.leftOut)
    shell.print(
      `test side: accuracy ${summary.leftOut.accuracy.toFixed(3)}${beside(summary.leftOut.meanAccuracy)} on ${summary.leftOut.clips} clips (\`evaluate\` says more)`,
    );
  return 0;
}

/** The mean pool, which every head must justify itself against. */
function beside(accuracy: number | undefined): string {
  return accuracy === undefined ? '' : ` (mean pool ${accuracy.toFixed(3)})`;
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
