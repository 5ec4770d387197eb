// `wherewhen devices`: each device is tried, in a process of its own; what cannot be used says why.
import { Command } from 'commander';
import type { DeviceReport } from '../runtime/devices.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';

/** The command. */
export function devicesCommand(wrap: Wrap): Command {
  return new Command('devices')
    .description(
      'Says which devices can be used here, why the others cannot, and what `--device auto` takes.',
    )
    .option('--json', 'what was found as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, _options: CommonOptions): Promise<number> {
  const { bestOf, findDevices } = await import('../runtime/devices.js');
  const devices = await findDevices();
  const auto = bestOf(devices);
  shell.printJson({ auto, devices });
  for (const device of devices) shell.print(lineOf(device));
  shell.print(`--device auto: ${auto}`);
  return 0;
}

/** `webgpu  usable      NAME; its numbers lie within 2.7e-7 of the CPU's`, or `not usable` with its reason. */
function lineOf({ device, isUsable, isHardware, name, difference, reason, hint }: DeviceReport): string {
  const facts = [
    ...(name === undefined ? [] : [name]),
    ...(reason === undefined ? [] : [reason]),
    ...(isUsable && !isHardware ? ['not known to be a GPU, so auto leaves it'] : []),
    ...(isUsable && device !== 'cpu' ? [`within ${difference!.toExponential(1)} of the CPU's numbers`] : []),
    ...(hint === undefined ? [] : [hint]),
  ];
  return `${device.padEnd(7)} ${(isUsable ? 'usable' : 'not usable').padEnd(11)} ${facts.join('; ')}`.trimEnd();
}
