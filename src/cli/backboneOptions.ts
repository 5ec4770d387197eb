// A frozen backbone on the command line: its name and what belongs to it.
import { Option } from 'commander';
import type { BackboneSettings } from '../backbone/index.js';
import { pixels } from './options.js';

/** What may stand beside `--backbone`. */
export interface BackboneOptions {
  weights?: string;
  preprocessing?: string;
  size?: { width: number; height: number };
}

/** `--weights` and `--preprocessing`; `--size` where the command has no size of its own. */
export function backboneOptions({ size = true } = {}): Option[] {
  return [
    new Option(
      '--weights <file>',
      'safetensors or PyTorch file with the weights of a ResNet, by default a ResNet-50, or `random` for drawn ones',
    ),
    new Option(
      '--preprocessing <name>',
      'of an ONNX file: imagenet, caffe, or a JSON file (default: beside it)',
    ),
    ...(size
      ? [new Option('--size <pixels>', 'frames are scaled to it (default: 224)').argParser(pixels)]
      : []),
  ];
}

/** `--cache STORE`, of commands that answer clips. */
export function cacheOption(): Option {
  return new Option(
    '--cache <store>',
    'stored features of a frozen backbone, as `extract` and `train` keep them: taken from there, and put there',
  );
}

/** `--offline`, of commands that take a network of the hub. */
export function offlineOption(): Option {
  return new Option(
    '--offline',
    'fetch nothing: a network of the hub is taken from its cache, or not at all (HF_HUB_OFFLINE=1 says the same)',
  );
}

/**
 * The settings that a name and its options mean. An ONNX file of which no output is named is taken at two scales, where it
 * tells them.
 */
export async function backboneSettings(name: string, options: BackboneOptions): Promise<BackboneSettings> {
  const { autoOutputs } = await import('../backbone/onnxFile.js');
  const { onnxKind } = await import('../backbone/kinds.js');
  const { parseBackboneSpec } = await import('../backbone/index.js');
  const { weights, preprocessing, size } = options;
  const given = Object.entries({ weights, preprocessing, size }).filter(([, value]) => value !== undefined);
  const { kind, ...named } = parseBackboneSpec(name);
  const usual = kind === onnxKind && { outputs: autoOutputs };
  return { kind, ...usual, ...named, ...Object.fromEntries(given) };
}
