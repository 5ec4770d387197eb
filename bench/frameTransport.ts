// What it costs to bring the sampled frames of a clip from another process, 16 of 224 x 224 pixels: over a pipe of raw bytes, and
// over the message channel of Node. What a decoder in a process of its own would add to every clip.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Benchmark } from './benchmark.js';

const bytes = 16 * 224 * 224 * 3;
const clips = 200;

/** Writes every clip to the fourth file descriptor; a pipe that is full is tried again a fifth of a millisecond later. */
const piping = `import { writeSync } from 'node:fs';
const [bytes, clips] = process.argv.slice(2).map(Number);
const frames = new Uint8Array(bytes);
const moment = new Int32Array(new SharedArrayBuffer(4));
for (let clip = 0; clip < clips; clip++)
  for (let at = 0; at < bytes;)
    try { at += writeSync(3, frames, at, bytes - at); }
    catch (error) { if (error.code !== 'EAGAIN') throw error; Atomics.wait(moment, 0, 0, 0.2); }`;

const sending = `const [bytes, clips] = process.argv.slice(2).map(Number);
const frames = new Uint8Array(bytes);
for (let clip = 0; clip < clips; clip++) process.send({ clip, frames });`;

/** Milliseconds a clip, from the first bytes to the last. */
async function overPipe(file: string): Promise<number> {
  const stdio = ['ignore', 'inherit', 'inherit', 'pipe'] as const;
  const child: ChildProcess = spawn(process.execPath, [file, `${bytes}`, `${clips}`], { stdio: [...stdio] });
  let [began, total, at, clip] = [0, 0, 0, new Uint8Array(bytes)];
  await new Promise<void>((done) =>
    (child.stdio[3] as Readable).on('data', (part: Uint8Array) => {
      began ||= performance.now();
      for (let from = 0; from < part.length;) {
        const length = Math.min(bytes - at, part.length - from);
        clip.set(part.subarray(from, from + length), at);
        [at, from] = [at + length, from + length];
        if (at === bytes) [at, clip] = [0, new Uint8Array(bytes)];
      }
      if ((total += part.length) === bytes * clips) done();
    }),
  );
  return (performance.now() - began) / clips;
}

async function overMessages(file: string): Promise<number> {
  const child = fork(file, [`${bytes}`, `${clips}`], { serialization: 'advanced' });
  let [began, count] = [0, 0];
  await new Promise<void>((done) =>
    child.on('message', () => {
      began ||= performance.now();
      if (++count === clips) done();
    }),
  );
  child.kill();
  return (performance.now() - began) / clips;
}

/** Both ways, in milliseconds a clip of 2.4 MB. */
export const benchmark: Benchmark = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'frame-transport-'));
  const [pipe, messages] = ['pipe.mjs', 'messages.mjs'].map((name) => join(folder, name)) as [string, string];
  writeFileSync(pipe, piping);
  writeFileSync(messages, sending);
  const figures = { pipeMs: await overPipe(pipe), messagesMs: await overMessages(messages) };
  rmSync(folder, { recursive: true });
  return figures;
};
