// The process that runs tests with mutants: `child.mjs record FILE` runs a test file without any and prints which mutants each test
// reaches; `child.mjs run PLANS FROM` tries one mutant after the other and prints a line for each. A mutant that is reached while
// files are loaded has a process of its own; the others share one, which ends as soon as a mutant has left something behind.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { endSuites, takeTests, type Test } from './harness.js';

/** What one test file reaches: while it is loaded, and in each of its tests. */
export interface Reached {
  loaded: number[];
  tests: { name: string; milliseconds: number; reached: number[] }[];
}

/** The tests that one mutant has to pass, in order. */
export interface MutantPlan {
  mutant: number;
  tests: { file: string; name: string }[];
  isLoaded: boolean;
}

/** What is printed of a mutant; after `unclean` a new process has to go on, with the same mutant. */
export type Outcome = 'seen' | 'not seen' | 'unclean';

const none = -1;
const holder = globalThis as unknown as { mutant: (id: number) => boolean };
const files = new Map<string, Map<string, Test>>();

if (process.argv[2] === 'record') await record(process.argv[3]!);
else
  await runAll(JSON.parse(readFileSync(process.argv[3]!, 'utf8')) as MutantPlan[], Number(process.argv[4]));

async function record(file: string): Promise<void> {
  let seen = new Set<number>();
  holder.mutant = (id) => {
    seen.add(id);
    return false;
  };
  const tests = await load(file);
  const reached: Reached = { loaded: [...seen], tests: [] };
  for (const { name, run } of tests.values()) {
    seen = new Set();
    const start = process.cpuUsage();
    await run();
    reached.tests.push({ name, milliseconds: spentSince(start), reached: [...seen] });
  }
  await endSuites();
  process.stdout.write(JSON.stringify(reached), () => process.exit(0));
}

/** Milliseconds of the processor, which other work on the machine does not lengthen. */
function spentSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

async function runAll(plans: readonly MutantPlan[], from: number): Promise<void> {
  for (const plan of plans.slice(from)) {
    const isFresh = plan === plans[from];
    if (plan.isLoaded && !isFresh) break;
    const outcome = await tried(plan, isFresh);
    await new Promise((done) => process.stdout.write(`${outcome}\n`, done));
    if (outcome === 'unclean' || plan.isLoaded) break;
  }
  process.exit(0);
}

/** A test that fails with the mutant has to pass without it, else what stands in the process may be an earlier one's doing. */
async function tried({ mutant, tests, isLoaded }: MutantPlan, isFresh: boolean): Promise<Outcome> {
  const switchTo = (active: number): void => void (holder.mutant = (id) => id === active);
  if (isLoaded) switchTo(mutant);
  else switchTo(none);
  try {
    for (const { file } of tests) await load(file);
    switchTo(mutant);
    for (const { file, name } of tests) {
      const test = files.get(file)!.get(name)!;
      if (await passes(test)) continue;
      switchTo(none);
      return isFresh || (await passes(test)) ? 'seen' : 'unclean';
    }
  } catch {
    return 'seen'; // files that do not even load
  }
  return 'not seen';
}

async function passes({ run }: Test): Promise<boolean> {
  return run().then(
    () => true,
    () => false,
  );
}

async function load(file: string): Promise<Map<string, Test>> {
  const known = files.get(file);
  if (known) return known;
  await import(pathToFileURL(resolve(file)).href);
  const tests = new Map(takeTests().map((test) => [test.name, test]));
  files.set(file, tests);
  return tests;
}
