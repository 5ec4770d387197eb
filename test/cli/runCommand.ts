// Runs one command line as a process of its own, as a user would.
import { spawn } from 'node:child_process';
import { command } from './command.js';

/** How a process ended and what it said. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Resolves when the process has ended; never rejects for a failure of the command. */
export function runCommand(...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [...command, ...args]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}
