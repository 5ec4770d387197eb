// `wherewhen finetune DATA --backbone resnet50 --from layer4 --out FOLDER`
import { Command, Option } from 'commander';
import type { BackboneSettings } from '../backbone/index.js';
import type { FinetuneSummary, TrainEvent } from '../train/index.js';
import { annotationOptions, annotationSource } from './annotationOptions.js';
import { backboneOptions, offlineOption } from './backboneOptions.js';
import { chooseBackbone } from './chooseBackbone.js';
import { computeOf } from './computeOptions.js';
import { namedBackbone } from './fetchModel.js';
import { interrupted, onInterrupt } from './interrupt.js';
import { expression, number, whole } from './options.js';
import { showSeconds } from './progress.js';
import type { Shell } from './shell.js';
import {
  accumulateOption,
  batchNormOption,
  readSettings,
  recipeOf,
  runOptions,
  type TrainCommandOptions,
} from './trainOptions.js';
import { TrainReporter } from './trainReporter.js';
import type { Wrap } from './wrap.js';

interface Options extends TrainCommandOptions {
  from: string;
  augment: boolean;
}

/** The command; its defaults stand in `train/finetune.ts` and in its help. */
export function finetuneCommand(wrap: Wrap): Command {
  const command = new Command('finetune')
    .description('Trains the last stages of a ResNet on single frames of clips and leaves a weight file.')
    .argument('<data>', 'folder of class folders; each holds video files or folders of frames')
    .requiredOption(
      '--out <place>',
      'folder of the run, or a .safetensors file to make (its run goes to FILE.run)',
    )
    .addOption(
      new Option(
        '--backbone <name>',
        'resnet18 | 34 | 50 | 101, or weights of the hub (default: $WHEREWHEN_BACKBONE where that is a ResNet, else one in the cache of the hub, else resnet50 from there)',
      ),
    )
    .addOption(
      new Option('--from <stage>', 'first stage that learns; those before it stay as they are')
        .choices(['layer2', 'layer3', 'layer4'])
        .default('layer4'),
    );
  for (const option of [...pictureOptions(), ...stepOptions(), ...runOptions()]) command.addOption(option);
  return command.action(wrap(run));
}

function pictureOptions(): Option[] {
  return [
    ...backboneOptions(),
    offlineOption(),
    ...annotationOptions(),
    new Option('--group <regex>', 'as `train` takes it: groups are never split').argParser(expression),
    new Option(
      '--validation <share>',
      'share of the clips held out to choose the epoch and steer the schedule; 0 for none (default: 0.2)',
    ).argParser(number(0, 0.99)),
    new Option('--frames <n>', 'equal parts of a video, one random frame of each (default: 5)').argParser(
      whole(1),
    ),
    new Option(
      '--no-augment',
      'no random windows and mirroring: what the frozen stages give is computed once and stored',
    ),
    new Option('--no-flip', 'no mirroring: where left and right make classes'),
    new Option('--no-balance', 'see clips as often as they come instead of every class equally often'),
  ];
}

function stepOptions(): Option[] {
  return [
    new Option('--seed <n>', 'of every random draw (default: 0)').argParser(whole(0)),
    new Option('--epochs <n>', 'at most (default: 30)').argParser(whole(1)),
    new Option('--batch <clips>', 'clips a batch (default: 20)').argParser(whole(1)),
    accumulateOption(),
    new Option('--learning-rate <rate>', 'at its highest (default: 0.0005)').argParser(number(1e-12)),
    new Option(
      '--patience <epochs>',
      'stop after so many without a better validation; 0 for never (default: 6)',
    ).argParser(whole(0)),
    batchNormOption('batch'),
    new Option('--settings <file>', 'JSON file with any part of the recipe; options given by hand win'),
  ];
}

async function run(shell: Shell, options: Options, data: string): Promise<number> {
  const { finetune } = await import('../train/index.js');
  const { joinRecipes } = await import('../train/recipe/recipes.js');
  const { from, augment: isAugmented, flip, settings, batchNorm = 'batch' } = options;
  const { group, overwrite, strict, cache } = options;
  const network = await networkOf(shell, options, data);
  const backbone = { ...network, batchNorm };
  const file = settings === undefined ? {} : await readSettings(settings);
  const byHand = recipeOf({ ...options, size: undefined, resize: undefined, flip: undefined });
  const recipe = joinRecipes(file, byHand, flip ? {} : { augment: { flip: 0 } });
  const stop = onInterrupt(() => shell.say('stopping after this step; once more to stop at once'));
  const reporter = new TrainReporter(shell);
  try {
    const summary = await finetune({
      ...{ data, backbone, from, isAugmented, recipe, group, overwrite, strict, cache },
      ...computeOf(options),
      ...placesOf(options.out),
      annotations: annotationSource(options),
      signal: stop.signal,
      onEvent: (event: TrainEvent) => reporter.report(event),
    });
    reporter.end();
    return conclude(shell, summary, options.backbone ?? network.kind);
  } finally {
    reporter.end();
    stop.end();
  }
}

/** The ResNet to begin with, one stage at a time: two at once are for `train`. */
async function networkOf(shell: Shell, options: Options, data: string): Promise<BackboneSettings> {
  if (options.backbone !== undefined) return namedBackbone(shell, options.backbone, options);
  const { keptRecipe } = await import('../train/folder/beginRun.js');
  const { wholeOf } = await import('../backbone/front.js');
  const kept = options.overwrite ? undefined : await keptRecipe(placesOf(options.out).out);
  const { weights, size } = options;
  if (kept) {
    const begun = wholeOf(kept.backbone as BackboneSettings);
    return { ...begun, ...(weights !== undefined && { weights }), ...(size && { size }) };
  }
  const chosen = { ...(await chooseBackbone(shell, { ...options, data, isResnet: true }))! };
  delete chosen.stages;
  return chosen;
}

/** The folder of the run, and the weight file where it is named. */
function placesOf(out: string): { out: string; file?: string } {
  const [, stem] = /^(.+)\.safetensors$/.exec(out) ?? [];
  return stem === undefined ? { out } : { out: `${stem}.run`, file: out };
}

function conclude(shell: Shell, summary: FinetuneSummary, backbone: string): number {
  const { status, clips, best, epochs, seconds, weights, leftOut } = summary;
  shell.printJson(summary);
  if (clips.broken + clips.leftOut > 0) {
    shell.say(`left out: ${clips.broken} broken clips, ${clips.leftOut} other files (named above)`);
  }
  if (status === 'interrupted') {
    shell.say(`interrupted in epoch ${epochs + 1}; the same command goes on`);
    return interrupted;
  }
  const held =
    clips.validation > 0 && best
      ? `held-out accuracy ${best.accuracy.toFixed(3)} on ${clips.validation} clips`
      : 'nothing held out';
  shell.print(`${weights}: ${held}, best epoch ${best?.epoch} of ${epochs}, ${showSeconds(seconds)}`);
  if (leftOut) shell.print(`test side: accuracy ${leftOut.accuracy.toFixed(3)} on ${leftOut.clips} clips`);
  shell.print(`use it: --backbone ${backbone} --weights ${weights}`);
  return 0;
}
