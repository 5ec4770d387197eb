// Takes the mutants of a bundle through its tests: plans which tests each has to pass, and starts processes until all are tried.
import { spawn, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { MutantPlan, Outcome, Reached } from './child.js';

/** What became of a mutant. */
export type Fate = 'seen' | 'not seen' | 'not reached';

interface TestFile extends Reached {
  file: string;
}

/** A mutant that says nothing for so long never ends. */
const patience = 120_000;

/** Which mutants each test of `file` reaches, without any of them. Throws where a test fails. */
export function recordFile(child: string, file: string): TestFile {
  const { status, stdout, stderr } = spawnSync('node', [child, 'record', file], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} fails without a mutant: ${stderr}`);
  return { file, ...(JSON.parse(stdout) as Reached) };
}

/** The fates of mutants `0 .. count - 1`; of the tests that reach one, the quickest run that together take `seconds`. */
export async function tryAll(
  child: string,
  files: readonly TestFile[],
  { count, seconds }: { count: number; seconds: number },
): Promise<Fate[]> {
  const plans = Array.from({ length: count }, (_, mutant) => planOf(mutant, files, 1000 * seconds));
  const reached = plans.filter(({ tests }) => tests.length > 0);
  const list = join(dirname(child), 'plans.json');
  writeFileSync(list, JSON.stringify(reached));
  const outcomes: Outcome[] = [];
  while (outcomes.length < reached.length) outcomes.push(...(await tryFrom(child, list, outcomes.length)));
  const fates = new Map(reached.map(({ mutant }, at) => [mutant, outcomes[at] as Fate]));
  return plans.map(({ mutant }) => fates.get(mutant) ?? 'not reached');
}

/** What one process finds out until it is unclean, ends or is stuck; one that dies of its first mutant has seen it. */
async function tryFrom(child: string, list: string, from: number): Promise<Outcome[]> {
  const found: Outcome[] = [];
  const running = spawn('node', [child, 'run', list, String(from)], { stdio: ['ignore', 'pipe', 'ignore'] });
  const stop = (): void => void running.kill('SIGKILL');
  let timer = setTimeout(stop, patience);
  for await (const line of createInterface({ input: running.stdout })) {
    clearTimeout(timer);
    timer = setTimeout(stop, patience);
    if (line === 'unclean') break;
    if (line === 'seen' || line === 'not seen') found.push(line);
  }
  clearTimeout(timer);
  stop();
  return found.length > 0 ? found : ['seen'];
}

/** The tests that reach a mutant, the quickest first; one that is reached while a file is loaded may show in any of its tests. */
function planOf(mutant: number, files: readonly TestFile[], milliseconds: number): MutantPlan {
  const isLoaded = files.some(({ loaded }) => loaded.includes(mutant));
  const reaching = files.flatMap(({ file, loaded, tests }) =>
    tests
      .filter(({ reached }) => loaded.includes(mutant) || reached.includes(mutant))
      .map((test) => ({ file, ...test })),
  );
  const quickest = reaching.sort((a, b) => a.milliseconds - b.milliseconds);
  let spent = 0;
  const affordable = quickest.filter((test, at) => (spent += test.milliseconds) <= milliseconds || at === 0);
  return { mutant, tests: affordable.map(({ file, name }) => ({ file, name })), isLoaded };
}
