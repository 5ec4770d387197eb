// `wherewhen export`: answers as annotation files, or a model as one ONNX file or as the files that a page runs
import { Command, Option } from 'commander';
import { usageError, WhereWhenError } from '../errors.js';
import type { ExportedOnnx, Precision } from '../savedModel/index.js';
import { computeOf, deviceOption, threadsOption, type ComputeOptions } from './computeOptions.js';
import { modelPrecisionOption } from './precisionOption.js';
import type { CommonOptions, Shell } from './shell.js';
import { modelArgument } from './teachZip.js';
import type { Wrap } from './wrap.js';

interface Options extends CommonOptions, ComputeOptions {
  format?: string;
  out?: string;
  onnx?: string;
  web?: string;
  teach?: string;
  takes?: string;
  backboneFile?: string;
  precision: Precision;
}

/** The command. The names of the formats are the library's, which is loaded for this command alone. */
export async function exportCommand(wrap: Wrap, asked: readonly string[]): Promise<Command> {
  const formats = asked.includes('export') ? (await import('../dataset/index.js')).WRITERS : [];
  return new Command('export')
    .description(
      'Writes answers for annotation tools, or a model as ONNX for other programs and for web pages.',
    )
    .argument(
      '<input...>',
      'files of `predict --json`; with --onnx, --web or --teach one model folder, or the zip that a page saved',
    )
    .addOption(
      new Option('--format <name>', 'form of the annotations').choices(formats.map(({ format }) => format)),
    )
    .option('--out <file>', 'where to write (a folder, where the form holds one clip a file)')
    .option('--onnx <file>', 'write the whole model here, run it and compare')
    .option(
      '--web <folder>',
      'write the files that a page runs here (backbone and head apart), run and compare',
    )
    .option('--teach <file>', 'write a zip here from which the page `Teach` goes on learning')
    .option('--takes <data>', 'folder of class folders whose clips go into that zip as takes')
    .option('--backbone-file <file>', 'where the file of a frozen backbone lies now (--onnx, --web, --teach)')
    .addOption(modelPrecisionOption())
    .addOption(deviceOption())
    .addOption(threadsOption())
    .option('--json', 'what was written as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, options: Options, inputs: string[]): Promise<number> {
  if (options.onnx !== undefined) return writeOnnx(shell, options, inputs, options.onnx);
  if (options.web !== undefined) return writeWeb(shell, options, inputs, options.web);
  if (options.teach !== undefined) return writeTeach(shell, options, inputs, options.teach);
  const { exportResults, readResults } = await import('../dataset/formats/exportResults.js');
  const { writerOf } = await import('../dataset/index.js');
  const writer = writerOf(options.format ?? missing('--format'));
  const out = options.out ?? missing('--out');
  const written = await exportResults(await readResults(inputs), writer, out);
  shell.printJson(written);
  for (const note of written.notes) shell.say(note);
  const { clips, boxes, segments, files } = written;
  shell.print(`wrote ${boxes} boxes and ${segments} segments of ${clips} clips to ${files.join(', ')}`);
  return 0;
}

async function writeOnnx(shell: Shell, options: Options, inputs: string[], file: string): Promise<number> {
  await using opened = await modelArgument(onlyModel('--onnx', options, inputs));
  const model = opened.folder;
  const { exportOnnx } = await import('../savedModel/index.js');
  const { backboneFile, precision } = options;
  const written = await exportOnnx(model, file, { backboneFile, precision, ...computeOf(options) });
  shell.printJson(written);
  shell.print(`wrote ${file} (${megabytes(written.bytes)})`);
  shell.print(agreement(written));
  return 0;
}

async function writeWeb(shell: Shell, options: Options, inputs: string[], folder: string): Promise<number> {
  await using opened = await modelArgument(onlyModel('--web', options, inputs));
  const model = opened.folder;
  const { backboneFile, precision } = options;
  const { exportWeb } = await import('../savedModel/index.js');
  const written = await exportWeb(model, folder, { backboneFile, precision, ...computeOf(options) });
  shell.printJson(written);
  const files = Object.entries(written.files).map(([name, bytes]) => `${name} (${megabytes(bytes)})`);
  shell.print(`wrote ${files.join(', ')} to ${folder}`);
  shell.print(agreement(written));
  return 0;
}

async function writeTeach(shell: Shell, options: Options, inputs: string[], file: string): Promise<number> {
  const model = onlyModel('--teach', options, inputs);
  const { exportTeach } = await import('./exportTeach.js');
  const { backboneFile, takes } = options;
  const written = await exportTeach(model, file, { backboneFile, takes, ...computeOf(options) });
  shell.printJson(written);
  shell.print(`wrote ${file} (${megabytes(written.bytes)}) with ${written.takes} takes`);
  return 0;
}

function onlyModel(option: string, { format, out }: Options, inputs: string[]): string {
  const [model, ...others] = inputs;
  if (others.length === 0 && format === undefined && out === undefined) return model!;
  throw wrong(option, 'one model folder and nothing else', 'more than that');
}

function agreement({
  differences,
  largestDifference,
}: Pick<ExportedOnnx, 'differences' | 'largestDifference'>): string {
  const [worst] = Object.entries(differences).find(([, value]) => value === largestDifference)!;
  return `largest difference to ours: ${largestDifference.toExponential(1)} (${worst})`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function missing(option: string): never {
  throw wrong(option, 'to be given (or --onnx, --web or --teach, for a model)', 'nothing');
}

function wrong(path: string, expected: string, received: string): WhereWhenError {
  const hint = 'see `wherewhen export --help`';
  return usageError(path, expected, received, hint);
}
