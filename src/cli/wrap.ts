// How a command and the command line meet: `main` hands every command a wrapper for its action.
import type { Command } from 'commander';
import type { CommonOptions, Shell } from './shell.js';

/** Makes one command; its action returns the exit code. `asked` is the command line. */
export type CommandMaker = (wrap: Wrap, asked: readonly string[]) => Command | Promise<Command>;

/** Turns an action into what commander calls: gives it a shell, catches what it throws, keeps its exit code. */
export type Wrap = <Arguments extends unknown[], Options extends CommonOptions>(
  action: (shell: Shell, options: Options, ...args: Arguments) => Promise<number>,
) => (...called: unknown[]) => Promise<void>;
