// `wherewhen demo`: the whole story on clips that it makes itself. Two synthetic worlds, a model trained on the
// labels of the first, figures, overlays and a report on the second.
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Dataset } from '../dataset/index.js';
import type { Scored, EvaluationReport } from '../evaluate/index.js';
import type { RecipeInput } from '../train/index.js';
import { computeOf, deviceOption, threadsOption, type ComputeOptions } from './computeOptions.js';
import { interrupted, onInterrupt } from './interrupt.js';
import type { Wrap } from './wrap.js';
import { whole } from './options.js';
import type { CommonOptions, Shell } from './shell.js';
import { TrainReporter } from './trainReporter.js';

interface Options extends CommonOptions, ComputeOptions {
  out: string;
  seed: number;
  epochs: number;
}

/** Clips to learn from and clips to be tested on: enough for the targets, few enough for four minutes on two cores. */
const worldSizes = { train: 400, test: 80 } as const;

/** The command. */
export function demoCommand(wrap: Wrap): Command {
  return new Command('demo')
    .description('Makes labelled clips, learns what, where and when from the labels, and shows how well.')
    .addOption(new Option('--out <folder>', 'where all of it goes').default('out/demo'))
    .addOption(new Option('--seed <n>', 'of the clips and of the training').argParser(whole(0)).default(0))
    .addOption(new Option('--epochs <n>', 'of the training').argParser(whole(1)).default(8))
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'the figures as JSON on standard output, as `evaluate --json`')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, options: Options): Promise<number> {
  const began = performance.now();
  const stop = onInterrupt(() => shell.say('stopping; the same command goes on where it can'));
  try {
    const { inHeldFolder } = await import('../lock.js');
    return await inHeldFolder(options.out, async () => {
      const demo = new Demo(shell, options, stop.signal);
      await demo.makeWorlds();
      if (!(await demo.train())) return interrupted;
      const scored = await demo.score();
      await demo.show(scored);
      shell.say(`done in ${Math.round((performance.now() - began) / 1000)} s`);
      return 0;
    });
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    shell.say(`interrupted; the same command goes on: wherewhen demo --out ${options.out}`);
    return interrupted;
  } finally {
    stop.end();
  }
}

/** The steps of the demo over one folder. */
class Demo {
  readonly #shell: Shell;
  readonly #options: Options;
  readonly #signal: AbortSignal;

  constructor(shell: Shell, options: Options, signal: AbortSignal) {
    this.#shell = shell;
    this.#options = options;
    this.#signal = signal;
  }

  #path(...parts: string[]): string {
    return join(this.#options.out, ...parts);
  }

  /** The test world has another seed: none of its scenes is among the training clips. */
  async makeWorlds(): Promise<void> {
    const { renderWorld } = await import('../dataset/index.js');
    this.#shell.say(
      'Two small worlds of clips: eight actions, each done once in its clip, somewhere, some time.',
    );
    for (const [name, clips] of Object.entries(worldSizes)) {
      const progress = this.#shell.progress(`rendering ${name} clips`, 'clips');
      const seed = 2 * this.#options.seed + (name === 'train' ? 0 : 1);
      const onProgress = (done: number, total: number): void => progress.update(done, total);
      try {
        await renderWorld(this.#path('world', name), { clips, seed, signal: this.#signal, onProgress });
      } finally {
        progress.stop();
      }
    }
  }

  /** False when it was interrupted. A run that was stopped goes on; one that had ended begins anew. */
  async train(): Promise<boolean> {
    const { train } = await import('../train/index.js');
    const { isUnfinished } = await import('../train/folder/beginRun.js');
    this.#shell.say('A model learns from the class labels alone; it never sees a box or a time.');
    const { seed, epochs } = this.#options;
    const out = this.#path('model');
    const recipe: RecipeInput = { seed, epochs };
    const resume = await isUnfinished(out, recipe);
    const reporter = new TrainReporter(this.#shell);
    try {
      const summary = await train({
        ...{ data: this.#path('world', 'train'), out, recipe, resume, overwrite: !resume },
        ...computeOf(this.#options),
        signal: this.#signal,
        onEvent: (event) => reporter.report(event),
      });
      if (summary.status === 'interrupted') this.#shell.say('interrupted; the same command goes on');
      return summary.status === 'done';
    } finally {
      reporter.end();
    }
  }

  async score(): Promise<Scored> {
    const { listDataset } = await import('../dataset/index.js');
    const { openModel } = await import('../savedModel/index.js');
    const { readTruth, scoreModel } = await import('../evaluate/index.js');
    const dataset: Dataset = await listDataset(this.#path('world', 'test'));
    const predictor = await openModel(this.#path('model'), computeOf(this.#options));
    const progress = this.#shell.progress('evaluating', 'clips');
    try {
      return await scoreModel(predictor, dataset, {
        truth: await readTruth(this.#path('world', 'test', 'truth.json')),
        trainTruth: await readTruth(this.#path('world', 'train', 'truth.json')),
        signal: this.#signal,
        onProgress: (done, total) => progress.update(done, total),
      });
    } finally {
      progress.stop();
      await predictor.close();
    }
  }

  /** Figures, overlays of six held-out clips, the report and one picture of all six. */
  async show({ report, answered }: Scored): Promise<void> {
    const { sweepTemporaries, writeAtomically } = await import('../atomicFile.js');
    const { contactSheet } = await import('../report/contactSheet.js');
    const { evaluationTable, overlayVideo, writeReport } = await import('../report/index.js');
    const { readLog } = await import('../train/index.js');
    await writeAtomically(this.#path('metrics.json'), `${JSON.stringify(report, null, 2)}\n`);
    const clips = onePerClass(answered).map(({ clip, result, truth }) => ({
      ...{ path: clip.path, title: clip.name, result, truth },
    }));
    await sweepTemporaries(this.#path('overlays'));
    const progress = this.#shell.progress('drawing', 'clips');
    for (const [done, { path, title, result, truth }] of clips.entries()) {
      const file = this.#path('overlays', title.replace(/^.*\//, ''));
      await makeParent(file);
      await overlayVideo(file, { clip: path, result, truth, signal: this.#signal });
      progress.update(done + 1, clips.length);
    }
    progress.stop();
    await contactSheet(this.#path('picture.jpg'), clips);
    const intro = story(report);
    await writeReport(this.#path('report.html'), clips, {
      ...{ title: 'What, where and when, from class labels alone', intro },
      evaluation: report,
      training: await readLog(this.#path('model')),
    });
    this.#shell.printJson(report);
    this.#shell.print(['', evaluationTable(report), ''].join('\n'));
    for (const [file, what] of [
      ['report.html', 'open it in a browser: the clips with mask, box, weights and segment'],
      ['overlays/', 'six held-out clips as videos'],
      ['picture.jpg', 'the same six in one picture'],
      ['metrics.json', 'all figures, each beside its image-blind baselines'],
    ] as const) {
      this.#shell.print(`${this.#path(file)}: ${what}`);
    }
  }
}

/** The first held-out clip of six classes: half of them looks, half of them motions. */
function onePerClass(answered: Scored['answered']): Scored['answered'] {
  const wanted = ['stripes', 'checks', 'rings', 'sweep-right', 'sweep-left', 'grow'];
  return wanted.flatMap((label) => answered.find(({ clip }) => clip.label === label) ?? []);
}

function story({ what }: EvaluationReport): string[] {
  return [
    `A small network was trained from scratch on ${worldSizes.train} synthetic clips with nothing but a class label each.`,
    `Below: what it says of ${what.clips} clips that it has never seen, beside answers that look at no picture.`,
  ];
}

async function makeParent(file: string): Promise<void> {
  const { mkdir } = await import('node:fs/promises');
  const { dirname } = await import('node:path');
  await mkdir(dirname(file), { recursive: true });
}
