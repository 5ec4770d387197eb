// `wherewhen evaluate --protocol NAME`: figures of others or of a model by the rules of one protocol.
import { usageError, WhereWhenError } from '../errors.js';
import type { ProtocolReport } from '../evaluate/protocols/protocol.js';
import type { Precision } from '../savedModel/index.js';
import type { ComputeOptions } from './computeOptions.js';
import type { WayOptions } from './localizeOption.js';
import type { CommonOptions, Shell } from './shell.js';

/** The options of `evaluate` that belong to named protocols. */
export interface ProtocolOptions extends CommonOptions, ComputeOptions, WayOptions {
  out?: string;
  protocol?: string;
  annotations?: string;
  detections?: string;
  split?: string;
  subset?: 'train' | 'validation' | 'test';
  thresholds?: number[];
  backboneFile?: string;
  precision: Precision;
  cache?: string;
  windows?: number;
}

/** Whether the options ask for a named protocol; plain clips, listed or in class folders, are the command's own work. */
export function asksForProtocol({ protocol, detections }: ProtocolOptions): boolean {
  return (protocol !== undefined && protocol !== 'clips') || detections !== undefined;
}

/** Scores and prints. */
export async function runNamedProtocol(
  shell: Shell,
  options: ProtocolOptions,
  model?: string,
  data?: string,
): Promise<number> {
  const { protocolNamed, runProtocol } = await import('../evaluate/protocols/protocols.js');
  const protocol = protocolNamed(options.protocol ?? missing('--protocol')).name;
  const annotations = options.annotations ?? missing('--annotations');
  let broken = 0;
  const progress = model === undefined ? undefined : shell.progress('evaluating', 'clips');
  try {
    const report = await runProtocol({
      ...options,
      windowSeconds: options.windows,
      split: options.split === undefined ? undefined : Number(options.split),
      protocol,
      annotations,
      model,
      data,
      onProgress: (done, total) => progress?.update(done, total),
      onNote: (note) => shell.say(note),
      onBroken: (error) => {
        broken++;
        shell.say(`left out: ${error.message}`);
      },
    });
    progress?.stop();
    await show(shell, report);
  } finally {
    progress?.stop();
  }
  return broken > 0 ? 1 : 0;
}

async function show(shell: Shell, report: ProtocolReport): Promise<void> {
  shell.printJson(report);
  if (shell.isJson) return;
  const { protocolTable } = await import('../report/protocolTable.js');
  shell.print(protocolTable(report));
}

function missing(option: string): never {
  throw wrong(option, 'to be given with a named protocol', 'nothing');
}

function wrong(path: string, expected: string, received: string): WhereWhenError {
  const hint = 'see `wherewhen evaluate --help`';
  return usageError(path, expected, received, hint);
}
