// The command line: finds the command, turns whatever happens into an exit code. Commands load their
// heavy parts when they run, so that `--help` answers at once.
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ablateCommand } from './ablate.js';
import { auditCommand } from './audit.js';
import { backboneCommand } from './backbone.js';
import { demoCommand } from './demo.js';
import { devicesCommand } from './devices.js';
import { doctorCommand } from './doctor.js';
import { evaluateCommand } from './evaluate.js';
import { exportCommand } from './export.js';
import { extractCommand } from './extract.js';
import { finetuneCommand } from './finetune.js';
import { Interrupted, interrupted } from './interrupt.js';
import { outliveReaders } from './output.js';
import { predictCommand } from './predict.js';
import { queueCommand } from './queue.js';
import { reproduceCommand } from './reproduce.js';
import { serveCommand } from './serve.js';
import { exitCodeOf, Shell } from './shell.js';
import { synthCommand } from './synth.js';
import { trainCommand } from './train.js';
import { workerCommand } from './worker.js';
import type { CommandMaker, Wrap } from './wrap.js';

const commands: CommandMaker[] = [
  demoCommand,
  synthCommand,
  doctorCommand,
  trainCommand,
  predictCommand,
  evaluateCommand,
  auditCommand,
  reproduceCommand,
  ablateCommand,
  exportCommand,
  backboneCommand,
  extractCommand,
  devicesCommand,
  serveCommand,
  finetuneCommand,
  workerCommand,
  queueCommand,
];

/** Runs one command line (without `node` and the script) and resolves with its exit code: 0 done, 1 failure, 2 wrong use, 130 interrupted. */
export async function main(argv: string[]): Promise<number> {
  let exitCode = 0;
  outliveReaders();
  const wrap: Wrap =
    (action) =>
    async (...called) => {
      const command = called.pop() as Command;
      const options = called.pop() as Parameters<typeof action>[1];
      const shell = new Shell(command.optsWithGlobals(), { words: argv });
      try {
        exitCode = await action(shell, options, ...(called as never));
      } catch (error) {
        if (error instanceof Interrupted) shell.say('interrupted; the same command goes on');
        else shell.fail(error);
        exitCode = error instanceof Interrupted ? interrupted : exitCodeOf(error);
      }
    };
  const program = await programOf(wrap, argv);
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    exitCode = error.exitCode === 0 ? 0 : 2;
  }
  return exitCode;
}

/** All commands, whose actions go through `wrap`. `asked` is the command line that they are made for. */
export async function programOf(wrap: Wrap, asked: readonly string[]): Promise<Command> {
  const program = new Command('wherewhen')
    .description('Learns what, where and when from clips that carry only a class label.')
    .version(version(), '-v, --version');
  for (const make of commands) program.addCommand(await make(wrap, asked));
  for (const command of [program, ...program.commands]) prepare(command);
  return program;
}

/** Wrong use is one line with a hint, and an exit code instead of an exit. */
function prepare(command: Command): void {
  const help = command.parent ? `wherewhen ${command.name()} --help` : 'wherewhen --help';
  command.exitOverride().configureOutput({
    outputError: (text, write) => {
      const line = text.trim().replace(/\s*\n\s*/g, ' ');
      write(line.startsWith('error:') ? `${line} (see \`${help}\`)\n` : text);
    },
  });
}

function version(): string {
  const file = new URL('../../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
