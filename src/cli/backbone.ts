// `wherewhen backbone list | get NAME | info NAME`
import { Argument, Command, Option } from 'commander';
import type { BackboneSettings } from '../backbone/index.js';
import type { ListedCandidate } from '../backbone/onnx/inspect.js';
import { usageError } from '../errors.js';
import { backboneSettings } from './backboneOptions.js';
import { fetchModel } from './fetchModel.js';
import { Interrupted, interrupted } from './interrupt.js';
import { pixels } from './options.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';
import { columns } from '../columns.js';

interface Options extends CommonOptions {
  weights?: string;
  preprocessing?: string;
  size?: { width: number; height: number };
}

const help = `
  list   the kinds of backbone, the networks that the hub has, with size, licence, grid and cost, and which are here
  get    fetches weights from the hub into its cache (HF_HOME, HF_ENDPOINT, HF_TOKEN are heeded)
  info   what a backbone makes of a frame, with its weights read and checked; of an ONNX file also what else it could give

  NAME is small, resnet18 | 34 | 50 | 101, another name of \`list\` (resnet50.a1_in1k, dinov2-small) or onnx:FILE,
  onnx+caffe:FILE with its preprocessing. Several grids at once: resnet50#layer3+layer4, onnx:FILE#features_14+features;
  of an ONNX file any tensor inside may be one, and where none is named two are taken that it tells itself`;

/** The command. */
export function backboneCommand(wrap: Wrap): Command {
  return new Command('backbone')
    .description('Shows networks that look at single frames, and fetches their weights.')
    .addArgument(new Argument('<what>', 'list, get or info').choices(['list', 'get', 'info']))
    .argument('[name]', 'of the backbone or of its weights')
    .addOption(new Option('--weights <file>', 'safetensors or PyTorch file with the weights, for `info`'))
    .addOption(
      new Option(
        '--preprocessing <name>',
        'of an ONNX file: imagenet, caffe, or a JSON file (default: beside it)',
      ),
    )
    .addOption(new Option('--size <pixels>', 'of the frames, for `info` (default: 224)').argParser(pixels))
    .option('--json', 'the answer as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .addHelpText('after', help)
    .action(wrap(run));
}

async function run(shell: Shell, options: Options, what: string, name?: string): Promise<number> {
  if (what === 'list') return list(shell);
  if (name === undefined) {
    const hint = '`wherewhen backbone list` shows them';
    throw usageError(`backbone ${what}`, 'a NAME', undefined, hint);
  }
  return what === 'get' ? get(shell, name) : info(shell, name, options);
}

async function list(shell: Shell): Promise<number> {
  const { backboneKinds } = await import('../backbone/kinds.js');
  const { findCached } = await import('../backbone/hub/cache.js');
  const { hubModels } = await import('../backbone/hub/catalogue.js');
  const { usualModel } = await import('../backbone/usual.js');
  const rows = await Promise.all(
    hubModels.map(async (model) => ({ ...model, path: await findCached(model) })),
  );
  const kinds = [...backboneKinds, 'onnx:FILE'];
  shell.printJson({ kinds, usual: usualModel.name, weights: rows });
  shell.print(`kinds: ${kinds.join(', ')}`);
  const head = ['name', 'MB', 'licence', 'grid of 224 x 224', 'ms/frame', 'what', 'where'];
  const cells = rows.map(({ name, about, path, megabytes, licence, grid, milliseconds }) => {
    const [size, cost] = [megabytes, milliseconds].map((figure) => `${figure ?? '-'}`);
    return [name, size!, licence ?? '-', grid, cost!, about, path ?? `(not here: backbone get ${name})`];
  });
  for (const line of columns([head, ...cells])) shell.print(line);
  shell.print(
    `taken where no --backbone is named: $WHEREWHEN_BACKBONE, else the best of those that are here, else ${usualModel.name}, fetched`,
  );
  return 0;
}

async function get(shell: Shell, name: string): Promise<number> {
  const { findHubModel } = await import('../backbone/hub/catalogue.js');
  const model = findHubModel(name);
  const fetched = await fetchModel(shell, model).catch((error: unknown) => {
    if (!(error instanceof Interrupted)) throw error;
    shell.say(`interrupted; the same command goes on: wherewhen backbone get ${name}`);
  });
  if (!fetched) return interrupted;
  shell.printJson({ name: model.name, ...fetched });
  const state = fetched.isCached ? 'here already' : 'fetched';
  const hash = fetched.isConfirmed ? 'SHA-256 as the hub has it' : 'not compared: the hub is out of reach';
  const kilo = Math.round(fetched.bytes / 1000);
  shell.print(`${model.name}: ${state}, ${kilo} kB, ${hash}\n${fetched.path}`);
  return 0;
}

async function info(shell: Shell, name: string, options: Options): Promise<number> {
  const { createBackbone, openExtractor } = await import('../backbone/index.js');
  const { listCandidates } = await import('../backbone/onnx/inspect.js');
  const { weightFile } = await import('../backbone/parameters.js');
  const { openRuntime } = await import('../runtime/index.js');
  const settings = await backboneSettings(name, options);
  if (settings.kind === 'small' && !options.weights)
    return untrained(shell, settings, createBackbone(settings));
  const file = typeof settings.file === 'string' ? settings.file : await weightFile(settings);
  await using runtime = await openRuntime({ spin: false });
  await using extractor = await openExtractor(settings, { runtime, batch: 1 });
  const { kind, grid, scales, alignment, notes, preprocessing, identity } = extractor;
  const candidates = extractor.file
    ? await listCandidates(file, { runtime, size: preprocessing.size })
    : undefined;
  shell.printJson({ kind, file, grid, scales, alignment, notes, preprocessing, identity, candidates });
  const { channels, scale, mean, deviation, size, resize } = preprocessing;
  shell.print(`${kind}: ${file}`);
  shell.print(
    `frames: ${size.width} x ${size.height} (${resize}), ${channels}, byte x ${scale.toPrecision(4)} - [${mean.join(', ')}], / [${deviation.join(', ')}]`,
  );
  for (const one of scales) {
    const { x, y } = one.geometry;
    const looks = `cells look at ${x.offset} + ${x.stride} i across, ${y.offset} + ${y.stride} i down`;
    shell.print(`${one.name}: ${one.channels} x ${one.height} x ${one.width}; ${looks}`);
  }
  if (scales.length > 1)
    shell.print(`stacked at ${alignment}: ${grid.channels} x ${grid.height} x ${grid.width}`);
  for (const note of notes) shell.print(note);
  for (const text of candidateLines(candidates ?? [])) shell.print(text);
  shell.print(`identity: ${identity}`);
  return 0;
}

/** What else the file could give; the tensors that it would take by itself are marked. */
function candidateLines(candidates: readonly ListedCandidate[]): string[] {
  const head = 'tensors that may be taken, `onnx:FILE#NAME+NAME` (* are, where none is named):';
  const lines = candidates.map(({ name, channels, rows, columns, stride, isTokens, isOutput, isTaken }) => {
    const shape = `${channels ?? '?'} x ${rows} x ${columns}, every ${stride} pixels`;
    const words = [isTokens ? ', tokens' : '', isOutput ? ', an output of the file' : ''].join('');
    return `${isTaken ? '*' : ' '} ${name}: ${shape}${words}`;
  });
  return lines.length > 0 ? [head, ...lines] : [];
}

/** The small backbone is trained with each model, and has no weights of its own. */
function untrained(
  shell: Shell,
  { size = { width: 96, height: 96 } }: BackboneSettings,
  backbone: { kind: string; grid(size: { width: number; height: number }): object },
): number {
  const { width, height } = size as { width: number; height: number };
  const grid = backbone.grid({ width, height });
  shell.printJson({ kind: backbone.kind, size, grid });
  shell.print(
    `${backbone.kind}: trained together with the attention; ${width} x ${height} pixels make ${JSON.stringify(grid)}`,
  );
  return 0;
}
