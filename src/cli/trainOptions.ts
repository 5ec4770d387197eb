// The options of `train`: their help, their readers, and the recipe that they make.
import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { usageError } from '../errors.js';
import type { RecipeInput, RecipeParts } from '../train/index.js';
import { annotationOptions, type AnnotationOptions } from './annotationOptions.js';
import { backboneOptions, offlineOption, type BackboneOptions } from './backboneOptions.js';
import { precisionOption, storePrecisionOption } from './precisionOption.js';
import type { Precision } from '../savedModel/index.js';
import type { StorePrecision } from '../store/features/precision.js';
import { deviceOption, threadsOption, type ComputeOptions } from './computeOptions.js';
import { expression, foldRule, namedNumber, number, pixels, whole } from './options.js';
import type { CommonOptions } from './shell.js';

/** What commander makes of the options. */
export interface TrainCommandOptions
  extends CommonOptions, AnnotationOptions, ComputeOptions, Omit<BackboneOptions, 'size'> {
  out: string;
  /** A port, or true for any that is free. */
  serve?: number | true;
  group?: RegExp;
  validation?: number;
  seed?: number;
  epochs?: number;
  batch?: number;
  accumulate?: number;
  learningRate?: number;
  schedule?: 'constant' | 'cosine' | 'plateau';
  warmup?: number;
  patience?: number;
  balance: boolean;
  optimiser?: 'adam' | 'adamw' | 'sgd';
  weightDecay?: number;
  clipNorm?: number;
  dropout?: number;
  places?: number;
  refit?: boolean;
  average?: number;
  loss?: Record<string, number>;
  frames?: number;
  sampling?: 'uniform' | 'even' | 'centred' | 'segment-random';
  size?: { width: number; height: number };
  resize?: 'stretch' | 'crop';
  /** A form of attention, checked when the recipe is made. */
  attention?: string;
  backbone?: string;
  offline?: boolean;
  precision?: Precision;
  storePrecision?: StorePrecision;
  trainFrom?: string;
  batchNorm?: 'batch' | 'running';
  flip?: boolean;
  jitter?: number;
  crop?: number;
  settings?: string;
  recipe?: string;
  variant?: string;
  folds?: 'group' | number;
  stratify?: boolean;
  resume?: boolean;
  overwrite?: boolean;
  strict?: boolean;
  cache?: string;
}

/** All options of the command but for those of its own, in groups, in the order of its help. */
export function trainOptions(): Option[] {
  return [
    ...under('Clips and frames:', dataOptions()),
    ...under('Network and attention:', modelOptions()),
    ...under('Training:', recipeOptions()),
    ...under('Several trainings:', foldOptions()),
    ...under('The run:', runOptions()),
  ];
}

/** What most people ask for first, in this order. */
const first = [
  'out',
  'group',
  'annotations',
  'backbone',
  'weights',
  'offline',
  'frames',
  'folds',
  'resume',
  'serve',
];

/** `options` with those that matter first in front of the others, in a group of their own. */
export function firstInFront(options: readonly Option[]): Option[] {
  const isFirst = ({ long }: Option): boolean => first.includes(long!.slice(2));
  const place = ({ long }: Option): number => first.indexOf(long!.slice(2));
  const front = options.filter(isFirst).toSorted((a, b) => place(a) - place(b));
  return [...under('What matters first:', front), ...options.filter((one) => !isFirst(one))];
}

function under(heading: string, options: readonly Option[]): Option[] {
  return options.map((option) => option.helpGroup(heading));
}

function dataOptions(): Option[] {
  return [
    ...annotationOptions(),
    new Option(
      '--group <regex>',
      "takes a clip's group from its file name; groups are never split (default: as names tell, else likeness of content)",
    ).argParser(expression),
    new Option(
      '--validation <share>',
      'share of the clips held out to stop early and steer the schedule; 0 for none (default: 0.2)',
    ).argParser(number(0, 0.99)),
    new Option('--frames <n>', 'frames sampled from a clip (default: 16)').argParser(whole(1)),
    new Option(
      '--sampling <rule>',
      'which frames: even, from the first to the last; uniform, the rule of the paper, leaves out the end of a clip (default: centred; even on stored features)',
    ).choices(['even', 'uniform', 'centred', 'segment-random']),
    new Option(
      '--size <pixels>',
      'frames are scaled to WIDTHxHEIGHT, or to a square (default: 96; 224 for a pretrained network)',
    ).argParser(pixels),
    new Option('--resize <rule>', 'how the aspect ratio is dealt with (default: stretch)').choices([
      'stretch',
      'crop',
    ]),
    new Option(
      '--refit',
      'once held-out clips chose the epoch, train anew on all clips for as many (default: on features of a frozen backbone)',
    ),
    new Option('--no-refit', 'keep the model that never saw the held-out clips'),
    new Option('--flip', 'mirror training clips at random; wrong where left and right make classes'),
    new Option(
      '--jitter <strength>',
      'random brightness, contrast and colour of training clips, 0 .. 1 (default: 0)',
    ).argParser(number(0, 1)),
    new Option(
      '--crop <share>',
      'random windows that leave out up to this share of width and height (default: 0)',
    ).argParser(number(0, 0.99)),
    new Option('--no-balance', 'see clips as often as they come instead of every class equally often'),
  ];
}

function modelOptions(): Option[] {
  return [
    new Option(
      '--attention <form>',
      "form of attention: joint, actor, mean (no attention), the paper's pooled, recurrent-tanh and recurrent-additive, and others (docs/accuracy.md); on features of a frozen backbone, where nothing is said of it, actor if folds of the clips say that it names more (default: joint)",
    ),
    new Option(
      '--backbone <name>',
      'network that looks at single frames: pretrained and frozen, its features stored once: resnet18 | 34 | 50 | 101, another of `backbone list`, onnx:FILE; or small, trained from scratch (default: $WHEREWHEN_BACKBONE, else one in the cache of the hub, else resnet50 from there)',
    ),
    ...backboneOptions({ size: false }),
    offlineOption(),
    precisionOption(),
    storePrecisionOption(),
    new Option(
      '--train-from <stage>',
      'train the stages of a ResNet from this one on together with the attention; those before it stay frozen',
    ).choices(['layer2', 'layer3', 'layer4']),
    batchNormOption('running'),
    new Option(
      '--loss <name=weight>',
      'weight of a loss term, as unimodal=0.5 (docs/architecture.md#losses; a wrong name lists all); repeatable',
    ).argParser(namedNumber),
  ];
}

/** `--batch-norm RULE`, of the stages that are trained. */
export function batchNormOption(usual: 'batch' | 'running'): Option {
  return new Option(
    '--batch-norm <rule>',
    `statistics of trained stages: of the batch, followed by the running ones, or the running ones as they are (default: ${usual})`,
  ).choices(['batch', 'running']);
}

/** `--accumulate BATCHES` */
export function accumulateOption(): Option {
  return new Option('--accumulate <batches>', 'batches a step, in the memory of one (default: 1)').argParser(
    whole(1),
  );
}

function recipeOptions(): Option[] {
  return [
    new Option('--seed <n>', 'of every random draw (default: 0)').argParser(whole(0)),
    new Option(
      '--epochs <n>',
      'at most (default: 30; on stored features 6 for joint, and 0 for mean and actor, which a regression has made)',
    ).argParser(whole(0)),
    new Option('--batch <clips>', 'clips a batch (default: 8; 10 on stored features)').argParser(whole(1)),
    accumulateOption(),
    new Option('--learning-rate <rate>', 'at its highest (default: 0.002)').argParser(number(1e-12)),
    new Option('--schedule <name>', 'how the rate goes (default: cosine)').choices([
      'constant',
      'cosine',
      'plateau',
    ]),
    new Option(
      '--warmup <epochs>',
      'over which the rate rises from nearly 0 (default: 1 with cosine, else 0)',
    ).argParser(number(0)),
    new Option(
      '--patience <epochs>',
      'stop after so many without a better validation; 0 for never (default: 12)',
    ).argParser(whole(0)),
    new Option('--optimiser <name>', '(default: adamw)').choices(['adam', 'adamw', 'sgd']),
    new Option('--weight-decay <factor>', '(default: 0.0001)').argParser(number(0)),
    new Option(
      '--clip-norm <norm>',
      'largest norm of all gradients together; 0 for no limit (default: 5)',
    ).argParser(number(0)),
    new Option('--dropout <share>', 'of feature channels left out at a step (default: 0)').argParser(
      number(0, 0.99),
    ),
    new Option('--places <share>', 'of places that a step sees, joint attention only (default: 1)').argParser(
      number(0.001, 1),
    ),
    new Option(
      '--average <decay>',
      'limit of the moving average of the weights; 0 for none (default: 0.98)',
    ).argParser(number(0, 0.99999)),
    new Option(
      '--recipe <name>',
      "every choice of the paper's training, and its figure: hmdb51 | ucf101 | ucf101-24 | thumos14 | moments",
    ),
    new Option(
      '--variant <name>',
      'a named departure from the recipe, as a row of `ablate`: no-spatial, contrast-1e-2, mask-1x1, ...',
    ),
    new Option(
      '--settings <file>',
      'JSON file with any part of the recipe; it wins over --recipe, and options given by hand over it',
    ),
  ];
}

function foldOptions(): Option[] {
  return [
    new Option(
      '--folds <rule>',
      'several trainings, and a table of what each reached on what it never saw: group, one group left out after another (with --group), or a number of folds of whole groups',
    ).argParser(foldRule),
    new Option('--no-stratify', 'folds without regard to classes'),
  ];
}

/** Options of a run that is not of its recipe: where, from where on, with what. */
export function runOptions(): Option[] {
  return [
    new Option('--resume', 'go on where an interrupted run stopped; its result is that of an unbroken run'),
    new Option('--overwrite', 'start anew although MODEL holds a run'),
    new Option('--strict', 'stop at the first broken or doubled clip instead of leaving it out'),
    new Option('--cache <folder>', 'where decoded frames are kept (default: MODEL/cache)'),
    deviceOption(),
    threadsOption(),
    new Option('--json', 'the summary as JSON on standard output, events as JSON lines on standard error'),
    new Option('--debug', 'show where an error arose'),
  ];
}

/** Options that stand in the recipe under their own names. */
const sameInRecipe = [
  'seed',
  'epochs',
  'batch',
  'accumulate',
  'learningRate',
  'patience',
  'clipNorm',
  'dropout',
  'places',
  'average',
  'refit',
  'validation',
  'frames',
  'sampling',
] as const satisfies readonly (keyof TrainCommandOptions & keyof RecipeInput)[];

/** The recipe as far as options give it; what was not given is left to the defaults, or to the run that is resumed. */
export function recipeOf(options: TrainCommandOptions): RecipeParts {
  const { flip, jitter, crop, size, resize, optimiser, weightDecay, schedule, warmup, loss, balance } =
    options;
  const recipe: RecipeParts = {
    ...Object.fromEntries(sameInRecipe.map((name) => [name, options[name]])),
    losses: loss,
    isBalanced: balance ? undefined : false,
    augment: anyOf({ flip: flip ? 0.5 : undefined, jitter, crop }),
    transform: anyOf({ size, resize }),
    optimiser: anyOf({ name: optimiser, weightDecay: weightDecay ?? (optimiser && 1e-4) }),
    schedule: anyOf({ name: schedule, warmupEpochs: warmup }),
  };
  return Object.fromEntries(Object.entries(recipe).filter(([, value]) => value !== undefined));
}

/** What of these was given; undefined where nothing was. */
function anyOf<T extends object>(values: T): Partial<T> | undefined {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return given.length > 0 ? (Object.fromEntries(given) as Partial<T>) : undefined;
}

/** A part of a recipe from a JSON file. Throws `usage`. */
export async function readSettings(file: string): Promise<RecipeInput> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) return value;
    throw new TypeError(JSON.stringify(value).slice(0, 60));
  } catch (cause) {
    const received = (cause as Error).message;
    throw usageError(file, 'a JSON file with parts of a recipe', received, undefined, cause);
  }
}
