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
      'safetensors or PyTorch file with the weights of a ResNet, or `random` for drawn ones',
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

/** The settings that a name and its options mean. */
export async function backboneSettings(name: string, options: BackboneOptions): Promise<BackboneSettings> {
  const { parseBackboneSpec } = await import('../backbone/index.js');
  const { weights, preprocessing, size } = options;
  const given = Object.entries({ weights, preprocessing, size }).filter(([, value]) => value !== undefined);
  return { ...parseBackboneSpec(name), ...Object.fromEntries(given) };
}
