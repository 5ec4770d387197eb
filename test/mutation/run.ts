// Mutation testing, by name and outside CI: `npm run mutate -- --rooms localize,metrics --sample 100 --seed 1`. Draws mutants of
// each room, compiles them all into one bundle of the room's tests, and runs for each the tests that reach it up to the first
// that fails. What no test sees is printed with its line; `equivalent.json` says which cannot be seen.
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { Random } from '../../src/random.js';
import { bundleTests, filesBelow } from './bundle.js';
import { mutantsOf, type Mutant } from './mutants.js';
import { recordFile, tryAll, type Fate } from './tryAll.js';

/** A mutant that gives the same answers, and why. */
interface Equivalent {
  file: string;
  /** Its line, without the space around it. */
  line: string;
  change: string;
  reason: string;
}

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: 'localize,metrics,infer,model' },
    sample: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
    list: { type: 'string' },
  },
});
const equivalents = JSON.parse(readFileSync('test/mutation/equivalent.json', 'utf8')) as Equivalent[];
const totals: number[][] = [];
const listed: string[] = [];
for (const room of values.rooms.split(',')) totals.push(await tryRoom(room));
const [seen, wrong, same] = [0, 1, 2].map((at) => totals.reduce((sum, figures) => sum + figures[at]!, 0)) as [
  number,
  number,
  number,
];
console.log(
  `mutation score ${((100 * seen) / wrong).toFixed(0)} %: ${seen} of ${wrong}, and ${same} equivalent`,
);
if (values.list) writeFileSync(values.list, `${listed.join('\n')}\n`);

/** How many mutants of a room are seen, of how many that give other answers, and how many give none. */
async function tryRoom(room: string): Promise<number[]> {
  const found = filesBelow(`src/${room}`, '.ts')
    .filter((file) => basename(file) !== 'index.ts')
    .flatMap(mutantsOf);
  const drawn = Random.from(Number(values.seed), 'mutants', room)
    .shuffle(found)
    .slice(0, Number(values.sample));
  const [child, ...built] = await bundleTests(room, filesBelow(`test/${room}`, '.test.ts'), drawn);
  const files = built.map((file) => recordFile(child!, file));
  const tried = await tryAll(child!, files, { count: drawn.length, seconds: Number(values.seconds) });
  const fates = drawn.map((mutant, id) => {
    const fate = isEquivalent(mutant) ? 'equivalent' : tried[id]!;
    listed.push(`${fate}: ${placeOf(mutant)}`);
    if (fate.startsWith('not')) console.log(listed.at(-1));
    return fate;
  });
  const count = (fate: Fate | 'equivalent'): number => fates.filter((one) => one === fate).length;
  const wrong = drawn.length - count('equivalent');
  console.log(
    `${room}: ${count('seen')} of ${wrong} seen, ${count('equivalent')} equivalent, ${found.length} in all`,
  );
  return [count('seen'), wrong, count('equivalent')];
}

function isEquivalent(mutant: Mutant): boolean {
  const line = lineOf(mutant);
  return equivalents.some(
    (one) => one.file === mutant.file && one.line === line && one.change === mutant.shown,
  );
}

function placeOf(mutant: Mutant): string {
  const at = readFileSync(mutant.file, 'utf8').slice(0, mutant.start).split('\n').length;
  return `${mutant.file}:${at}: ${mutant.shown} in: ${lineOf(mutant)}`;
}

function lineOf({ file, start }: Mutant): string {
  const whole = readFileSync(file, 'utf8');
  return whole.split('\n')[whole.slice(0, start).split('\n').length - 1]!.trim();
}
