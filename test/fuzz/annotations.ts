// Mutated annotation files, run by name and not with the tests: `npm run fuzz:annotations -- [runs] [seed]`. Each must end in
// annotations that hold what they promise, or in one WhereWhenError that names its file; anything else is told and fails.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { attempt, change, mutated, seedsOf } from './annotationCase.js';

const [runs = 20_000, seed = 1] = process.argv.slice(2).map(Number);
const folder = await mkdtemp(join(tmpdir(), 'wherewhen-fuzz-'));
const seeds = await seedsOf(folder);
const counts = new Map<string, { read: number; refused: number }>();
const broken = new Map<string, string>();
let slowest = 0;
try {
  const cases = fc.record({
    seed: fc.constantFrom(...seeds),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
    isGuessed: fc.boolean(),
  });
  for (const { seed: one, changes, isGuessed } of fc.sample(cases, { numRuns: runs, seed })) {
    const text = changes.reduce(mutated, one.text);
    const own = counts.get(one.format) ?? { read: 0, refused: 0 };
    counts.set(one.format, own);
    const started = performance.now();
    try {
      own[await attempt(folder, one, text, isGuessed)]++;
    } catch (error) {
      const key = `${one.format}: ${(error as Error).stack?.split('\n').slice(0, 3).join(' ').replaceAll(folder, '') ?? String(error)}`;
      if (!broken.has(key)) broken.set(key, text);
    }
    slowest = Math.max(slowest, performance.now() - started);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const [format, { read, refused }] of counts)
  console.log(`${format.padEnd(14)} ${read} read, ${refused} refused`);
console.log(
  `${runs} files from seed ${seed}, slowest ${slowest.toFixed(0)} ms, ${broken.size} kinds of other endings`,
);
for (const [key, text] of broken) console.log(`\n${key}\n${JSON.stringify(text.slice(0, 1500))}`);
if (broken.size > 0) process.exitCode = 1;
