// `wherewhen doctor DATA`
import { Command } from 'commander';
import type { DoctorReport } from '../dataset/index.js';
import type { CommonOptions, Shell } from './shell.js';
import type { Wrap } from './wrap.js';

interface Options extends CommonOptions {
  fix?: string;
}

/** The command. It ends with 1 when an error was found and no clean list was asked for. */
export function doctorCommand(wrap: Wrap): Command {
  return new Command('doctor')
    .description('Looks a data set over: broken, empty and doubled clips, leaks, odd rates; and what to do.')
    .argument('<data>', 'folder of class folders, or of train, validation and test folders of them')
    .option('--fix <list>', 'write the clips that are fit as a CSV list; no clip is touched')
    .option('--json', 'the findings as JSON on standard output')
    .option('--debug', 'show where an error arose')
    .action(wrap(run));
}

async function run(shell: Shell, { fix }: Options, data: string): Promise<number> {
  const { examine } = await import('../dataset/index.js');
  const { writeCleanList } = await import('../dataset/doctor/examine.js');
  const progress = shell.progress('looking at', 'clips');
  try {
    const diagnosis = await examine(data, { onProgress: (done, total) => progress.update(done, total) });
    progress.stop();
    const { report } = diagnosis;
    shell.printJson(report);
    shell.print(textOf(report));
    if (fix !== undefined) {
      const clean = await writeCleanList(fix, diagnosis);
      shell.say(`wrote ${fix}: ${clean} of ${report.clips} clips`);
    }
    const hasErrors = report.findings.some(({ severity }) => severity === 'error');
    return hasErrors && fix === undefined ? 1 : 0;
  } finally {
    progress.stop();
  }
}

function textOf({ findings, clips, clean, classes, otherFiles }: DoctorReport): string {
  const lines = findings.flatMap(({ kind, severity, clips: names, says, advice }) => [
    `${severity === 'error' ? 'ERROR  ' : 'warning'}  ${kind}: ${[...names, says].join(names.length > 1 ? '\n         ' : ': ')}`,
    `         -> ${advice}`,
  ]);
  const others = otherFiles.length > 0 ? `, ${otherFiles.length} other files` : '';
  const count = `${clips} clips in ${Object.keys(classes).length} classes${others}`;
  const ends = findings.length === 0 ? `${count}: nothing found` : `${count}: ${clean} clips are fit`;
  return [...lines, ends].join('\n');
}
