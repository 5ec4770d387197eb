// `wherewhen reproduce NAME DATA --out OUT`
import { Argument, Command, Option } from 'commander';
import type { ReproduceName } from '../experiments/reproduce/plan.js';
import type { ReproduceReport } from '../experiments/reproduce/summary.js';
import type { Reproduced, ReproduceRun } from '../experiments/reproduce/run.js';
import { computeOf } from './computeOptions.js';
import { interrupted, onInterrupt } from './interrupt.js';
import { foldRule, wholes } from './options.js';
import { partOf, partOptions, requireShared, type PartOptions } from './partOptions.js';
import { queueOption, type QueueOptions } from './queueOption.js';
import { requireQueued, trainByQueue } from './queueTrainings.js';
import type { Progress } from './progress.js';
import type { Shell } from './shell.js';
import { trainOptions, type TrainCommandOptions } from './trainOptions.js';
import { wholeRecipe } from './trainRecipe.js';
import { TrainReporter } from './trainReporter.js';
import type { Wrap } from './wrap.js';

/** Data sets; said here too, so that `--help` loads nothing. */
const names = ['hmdb51', 'ucf101', 'ucf101-24', 'thumos14', 'moments', 'folders'] as const;

interface Options extends Omit<TrainCommandOptions, 'split'>, PartOptions, QueueOptions {
  seeds?: number[];
  splits?: number[];
}

/** Options of `train` that have no place here: others stand for them, or the set decides. */
const decided = /^--(offline|format|split|seed|folds|no-stratify|resume|strict|recipe|annotations)$/;

/** The command. */
export function reproduceCommand(wrap: Wrap): Command {
  const command = new Command('reproduce')
    .description(
      "Trains and scores a data set by its recipe, splits, seeds and protocol, and sets our figure beside the paper's and the image-blind baselines. The same command goes on where it was stopped.",
    )
    .addArgument(new Argument('<name>', 'data set; folders: class folders of your own').choices(names))
    .argument('<data>', 'folder below which the clips or videos lie')
    .requiredOption('--out <folder>', 'where runs, plots, report.md and report.json go')
    .option('--annotations <path>', 'official lists or annotations of the set, as it ships them')
    .addOption(new Option('--seeds <list>', 'one training each (default: 0,1,2)').argParser(wholes(0)))
    .addOption(new Option('--splits <list>', 'official splits (default: all)').argParser(wholes(1)))
    .addOption(
      new Option('--folds <rule>', 'folders: a number of folds (default: 5), or group').argParser(foldRule),
    );
  for (const option of trainOptions()) if (!decided.test(option.long ?? '')) command.addOption(option);
  for (const option of [...partOptions('the report'), queueOption()]) command.addOption(option);
  return command.action(wrap(run));
}

async function run(shell: Shell, options: Options, name: ReproduceName, data: string): Promise<number> {
  requireShared(options, options);
  requireQueued(options);
  const part = await partOf(options);
  const { reproduce } = await import('../experiments/reproduce/run.js');
  const { writeReproduction } = await import('../experiments/reproduce/writeReport.js');
  const named = name === 'folders' ? undefined : name;
  const recipe = await wholeRecipe({ ...options, split: undefined, recipe: named });
  const stop = onInterrupt(() => shell.say('stopping; what is whole stays; once more to stop at once'));
  const { out, annotations, seeds, splits, folds, group, overwrite, cache } = options;
  const reporter = new ReproduceReporter(shell);
  try {
    const asked: ReproduceRun & { signal: AbortSignal } = {
      ...{ name, data, annotations, out, recipe, seeds, splits, folds, group, overwrite, cache },
      ...computeOf(options),
      ...{ part, isGather: options.gather },
      signal: stop.signal,
      ...reporter.listeners,
    };
    const { queue } = options;
    const reproduced = await (queue === undefined ? reproduce(asked) : byWorkers(shell, queue, asked));
    reporter.end();
    if (!reproduced || reproduced.status === 'interrupted') {
      shell.say('interrupted; the same command goes on');
      return interrupted;
    }
    if (reproduced.status === 'part') {
      const { missing } = reproduced;
      shell.report(
        { kind: 'part', ...part, missing },
        `part ${options.part}: done; other parts have ${missing} runs to do`,
      );
      shell.printJson({ ...part, missing });
      return 0;
    }
    show(shell, out, await writeReproduction(out, reproduced));
    return 0;
  } finally {
    reporter.end();
    stop.end();
  }
}

/** Has workers make the runs; undefined where the signal came first. */
async function byWorkers(
  shell: Shell,
  address: string,
  asked: ReproduceRun & { signal: AbortSignal },
): Promise<Reproduced | undefined> {
  const { countRuns, reproduce } = await import('../experiments/reproduce/run.js');
  const { out, signal } = asked;
  const queued = { address, out, noun: 'run', count: await countRuns(asked), signal };
  return trainByQueue(shell, queued, () => reproduce({ ...asked, isGather: true }));
}

/** Says what happens: a line a run, and a bar for whatever takes long. */
class ReproduceReporter {
  readonly #shell: Shell;
  readonly #reporter: TrainReporter;
  #stage = '';
  #progress: Progress | undefined;

  constructor(shell: Shell) {
    this.#shell = shell;
    this.#reporter = new TrainReporter(shell);
  }

  get listeners(): Pick<ReproduceRun, 'onEvent' | 'onRun' | 'onStage' | 'onBroken'> {
    return {
      onEvent: (event) => {
        this.#endStage();
        this.#reporter.report(event);
      },
      onRun: ({ id, index, total, isKept }) => {
        this.end();
        const kept = isKept ? ': made before, kept' : '';
        this.#shell.report(
          { kind: 'run', id, index, total, isKept },
          `run ${index + 1}/${total}, ${id}${kept}`,
        );
      },
      onStage: (stage, done, total) => {
        this.#reporter.end();
        if (this.#stage !== stage) {
          this.#endStage();
          this.#stage = stage;
          this.#progress = this.#shell.progress(stage, 'clips');
        }
        this.#progress?.update(done, total);
      },
      onBroken: (error) => this.#shell.say(`left out: ${error.message}`),
    };
  }

  end(): void {
    this.#endStage();
    this.#reporter.end();
  }

  #endStage(): void {
    this.#progress?.stop();
    this.#progress = undefined;
    this.#stage = '';
  }
}

function show(shell: Shell, out: string, report: ReproduceReport): void {
  shell.printJson(report);
  const { words, differences, missing } = report;
  shell.print(words.join('\n'));
  if (differences.length > 0) shell.print(`differs: ${differences.join('; ')}`);
  if (missing > 0) shell.say(`${missing} clips or videos are not at hand: ${out}/missing.txt`);
  shell.print(`${out}/report.md, ${out}/report.json and ${report.plots.length} plots`);
}
