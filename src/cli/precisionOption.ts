// `--precision`: the arithmetic of a frozen backbone, for commands that choose it and for those that answer with a model.
import { Option } from 'commander';
import type { BackboneSettings } from '../backbone/index.js';
import type { ClipEntry } from '../dataset/index.js';
import type { Precision } from '../savedModel/index.js';
import type { StorePrecision } from '../store/features/precision.js';
import type { Shell } from './shell.js';

const choices: readonly Precision[] = ['auto', 'float32', 'int8'];

/** Of commands that compute features; its default is float32. */
export function precisionOption(): Option {
  return new Option(
    '--precision <name>',
    'arithmetic of a frozen backbone: int8 is quicker and a little less exact, auto takes it where pooled features agree (cosine at least .998)',
  )
    .choices(choices)
    .default('float32');
}

/** Of commands that answer with a model, which has its own. */
export function modelPrecisionOption(): Option {
  return new Option('--precision <name>', 'arithmetic that the backbone of the model must have')
    .choices(choices)
    .default('auto');
}

/** `--store-precision`, of commands that store features. */
export function storePrecisionOption(): Option {
  return new Option(
    '--store-precision <name>',
    'how features are stored: int8 (default) takes a quarter of the bytes of float32, with roots in 255 steps',
  ).choices(['int8', 'float16', 'float32'] satisfies StorePrecision[]);
}

/** The backbone of `settings` in this precision, for these clips; says in one line what was chosen. */
export async function inPrecision(
  shell: Shell,
  settings: BackboneSettings,
  precision: Precision,
  options: { clips: readonly ClipEntry[]; folder: string; threads?: number },
): Promise<BackboneSettings> {
  if (precision === 'float32') return settings;
  const { inEightBits } = await import('../savedModel/eightBits.js');
  const {
    settings: chosen,
    isEightBit,
    cosine,
    note,
  } = await inEightBits(settings, { ...options, precision });
  shell.report({ kind: 'precision', precision: isEightBit ? 'int8' : 'float32', cosine }, note);
  return chosen;
}
