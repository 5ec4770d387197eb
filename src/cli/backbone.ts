// `wherewhen backbone list | get NAME | info NAME`
import { Argument, Command, Option } from 'commander';
import type { BackboneSettings } from '../backbone/index.js';
import { WhereWhenError } from '../errors.js';
import { interrupted, onInterrupt } from './interrupt.js';
import { pixels } from './options.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';

interface Options extends CommonOptions {
  weights?: string;
  preprocessing?: string;
  size?: { width: number; height: number };
}

const help = `
  list   the kinds of backbone, the weights that the hub has for them, and which of those are here
  get    fetches weights from the hub into its cache (HF_HOME, HF_ENDPOINT, HF_TOKEN are heeded)
  info   what a backbone makes of a frame, with its weights read and checked

  NAME is small, resnet18 | 34 | 50 | 101, weights of the hub (resnet50.a1_in1k) or onnx:FILE.
  Several grids at once: resnet50#layer3+layer4, onnx:FILE#features_14+features`;

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
    throw new WhereWhenError({ code: 'usage', path: `backbone ${what}`, expected: 'a NAME', hint });
  }
  return what === 'get' ? get(shell, name) : info(shell, name, options);
}

async function list(shell: Shell): Promise<number> {
  const { backboneKinds, findCached, hubModels } = await import('../backbone/index.js');
  const rows = await Promise.all(
    hubModels.map(async (model) => ({ ...model, path: await findCached(model) })),
  );
  shell.printJson({ kinds: [...backboneKinds, 'onnx:FILE'], weights: rows });
  shell.print(`kinds: ${[...backboneKinds, 'onnx:FILE'].join(', ')}`);
  for (const { name, about, path } of rows) {
    shell.print(`${name.padEnd(20)} ${about.padEnd(46)} ${path ?? '(not here: backbone get)'}`);
  }
  return 0;
}

async function get(shell: Shell, name: string): Promise<number> {
  const { fetchWeights, findHubModel } = await import('../backbone/index.js');
  const model = findHubModel(name);
  const stop = onInterrupt(() => shell.say('stopping; what has come is kept'));
  const progress = shell.progress(model.name, 'kB');
  const kilo = (bytes: number): number => Math.round(bytes / 1000);
  try {
    const fetched = await fetchWeights(model, {
      signal: stop.signal,
      onProgress: (done, total, reused) => progress.update(kilo(done), kilo(total), { reused: kilo(reused) }),
    });
    progress.stop();
    shell.printJson({ name: model.name, ...fetched });
    const state = fetched.isCached ? 'here already' : 'fetched';
    const hash = fetched.isConfirmed ? 'SHA-256 as the hub has it' : 'not compared: the hub is out of reach';
    shell.print(`${model.name}: ${state}, ${kilo(fetched.bytes)} kB, ${hash}\n${fetched.path}`);
    return 0;
  } catch (error) {
    progress.stop();
    if (!stop.signal.aborted) throw error;
    shell.say(`interrupted; the same command goes on: wherewhen backbone get ${name}`);
    return interrupted;
  } finally {
    stop.end();
  }
}

async function info(shell: Shell, name: string, options: Options): Promise<number> {
  const { createBackbone, openExtractor, parseBackboneSpec, weightFile } =
    await import('../backbone/index.js');
  const { openRuntime } = await import('../runtime/index.js');
  const settings: BackboneSettings = { ...parseBackboneSpec(name), ...given(options) };
  if (settings.kind === 'small' && !options.weights)
    return untrained(shell, settings, createBackbone(settings));
  const file = typeof settings.file === 'string' ? settings.file : await weightFile(settings);
  await using runtime = await openRuntime({ spin: false });
  await using extractor = await openExtractor(settings, { runtime, batch: 1 });
  const { kind, grid, scales, alignment, notes, preprocessing, identity } = extractor;
  shell.printJson({ kind, file, grid, scales, alignment, notes, preprocessing, identity });
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
  shell.print(`identity: ${identity}`);
  return 0;
}

/** What of the options goes into the settings. */
function given({ weights, preprocessing, size }: Options): Record<string, unknown> {
  const known = { weights, preprocessing, size };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
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
