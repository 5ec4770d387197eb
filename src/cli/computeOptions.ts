// Where and on how many threads a command computes: the same two options for each that does.
import { Option } from 'commander';
import type { RuntimeOptions } from '../runtime/index.js';
import { whole } from './options.js';

/** What commander makes of `--device` and `--threads`. */
export type ComputeOptions = Pick<RuntimeOptions, 'device' | 'threads'>;

/** Devices; said here too, so that `--help` loads nothing. */
const devices = ['auto', 'cpu', 'webgpu', 'cuda'] as const;

/** `--device NAME` */
export function deviceOption(): Option {
  return new Option(
    '--device <name>',
    'where to compute; auto takes a GPU that `wherewhen devices` finds fit (default: cpu)',
  ).choices(devices);
}

/** `--threads N` */
export function threadsOption(): Option {
  return new Option('--threads <n>', 'computing threads (default: one a core)').argParser(whole(1));
}

/** These two of a command's options, for what opens a runtime. */
export function computeOf({ device, threads }: ComputeOptions): ComputeOptions {
  return { device, threads };
}
