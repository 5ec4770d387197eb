// The tutorials, run as a reader would: each command of each page in turn, in one folder, and what it prints beside what the
// page says. One small model is trained by the first page and used by the others. A number may differ by a quarter or by
// 0.1 (other processors round otherwise), a duration by anything; the words may not. `…` stands for any rest of a line or
// any lines.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pages } from '../../site/contents.js';
import { command } from '../cli/command.js';
import { differences, stepsOf } from './transcript.js';

let folder: string;
beforeAll(async () => {
  await mkdir('out', { recursive: true });
  folder = await mkdtemp(resolve('out/tutorials-')); // within the repository: `npx tsx` is found from there
  for (const name of ['examples', 'src', 'node_modules']) await symlink(resolve(name), join(folder, name));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const tutorials = pages.map(({ source }) => source).filter((source) => source.startsWith('docs/tutorials/'));

describe.each(tutorials)('%s', (source) => {
  it('prints what it says', async () => {
    const steps = stepsOf(await readFile(source, 'utf8'));
    expect(steps.length).toBeGreaterThan(0);
    for (const { script, printed } of steps) {
      const { code, stdout, stderr } = await shell(script);
      expect(code, `${script}\n${stderr}`).toBe(0);
      if (printed !== undefined) expect(differences(printed, stdout), `${script}\n${stdout}`).toEqual([]);
    }
  }, 600_000);
});

/** Runs a block of shell lines with `wherewhen` as the command of this repository. */
function shell(script: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const words = [process.execPath, ...command].map((word) => `'${word}'`).join(' ');
  const child = spawn('bash', ['-ec', `wherewhen() { ${words} "$@"; }\n${script}`], { cwd: folder });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  return new Promise((done) => child.on('close', (code) => done({ code, stdout, stderr })));
}

describe('a transcript', () => {
  it('pairs a shell block with the text block that follows it at once, and leaves out what is marked', () => {
    const page =
      'a\n```sh\nls\n```\n\n```text\nx\n```\n<!-- not run: needs a network -->\n```sh\nno\n```\n```sh\nyes\n```\nb\n';
    expect(stepsOf(page)).toEqual([{ script: 'ls', printed: 'x' }, { script: 'yes', printed: undefined }]); // prettier-ignore
  });

  it('allows numbers a quarter, durations anything, words nothing', () => {
    expect(differences('top-1 80.0 %, 12 s', 'top-1 90.0 %, 3 min')).toEqual([]);
    expect(differences('top-1 80.0 %', 'top-1 40.0 %')).toHaveLength(1);
    expect(differences('bars 80 %', 'rings 80 %')).toHaveLength(1);
    expect(differences('a\nb', 'a')).toHaveLength(1);
    expect(differences('a …\n…\nd', 'a b\nc\nc\nd')).toEqual([]);
    expect(differences('a\n…\nd', 'a\nc')).toHaveLength(1);
  });
});
