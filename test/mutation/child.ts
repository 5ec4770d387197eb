// The process of one mutant: `child.mjs record FILE` runs a test file without a mutant and prints which mutants each test
// reaches; `child.mjs run` reads a plan from the environment and ends with code 1 at the first test that fails.
import { resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { endSuites, takeTests, type Test } from './harness.js';

/** What one test file reaches: while it is loaded, and in each of its tests. */
export interface Reached {
  loaded: number[];
  tests: { name: string; milliseconds: number; reached: number[] }[];
}

/** The tests that one mutant has to pass: files in order, those tests first that reach it. */
export interface Plan {
  mutant: number;
  files: { file: string; first: string[] }[];
}

const holder = globalThis as unknown as { mutant: (id: number) => boolean };

if (process.argv[2] === 'record') await record(process.argv[3]!);
else await run(JSON.parse(process.env.MUTATION_PLAN!) as Plan);

async function record(file: string): Promise<void> {
  let seen = new Set<number>();
  holder.mutant = (id) => {
    seen.add(id);
    return false;
  };
  const testsOfFile = await load(file);
  const reached: Reached = { loaded: [...seen], tests: [] };
  for (const test of testsOfFile) {
    seen = new Set();
    const start = performance.now();
    await test.run();
    reached.tests.push({ name: test.name, milliseconds: performance.now() - start, reached: [...seen] });
  }
  await endSuites();
  process.stdout.write(JSON.stringify(reached), () => process.exit(0));
}

async function run({ mutant, files }: Plan): Promise<void> {
  holder.mutant = (id) => id === mutant;
  try {
    for (const { file, first } of files) {
      const all = await load(file);
      const ahead = first.map((name) => all.find((test) => test.name === name)!);
      const rest = all.filter(({ name }) => !first.includes(name));
      for (const test of [...ahead, ...rest]) await test.run();
    }
  } catch (error) {
    process.stdout.write(String(error).split('\n')[0]!, () => process.exit(1));
    return new Promise(() => {});
  }
  process.exit(0);
}

async function load(file: string): Promise<Test[]> {
  await import(pathToFileURL(resolve(file)).href);
  return takeTests();
}
