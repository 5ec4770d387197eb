// Mutation testing, by name and outside CI: `npm run mutate -- --rooms localize,metrics --sample 40 --seed 1`. One token of one
// file is changed at a time, the tests of its room run, and a mutant that no test sees is printed with its line.
// The sources are put back whatever happens; run it on a clean tree.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { Random } from '../../src/random.js';

interface Mutant {
  file: string;
  start: number;
  end: number;
  text: string;
}

const swapped: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  'Math.max': 'Math.min',
  'Math.min': 'Math.max',
};

const { values } = parseArgs({
  options: {
    rooms: { type: 'string', default: 'localize,metrics,infer,model' },
    sample: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
  },
});
const random = Random.from(Number(values.seed), 'mutants');
let seen = 0;
let all = 0;
for (const room of values.rooms.split(',')) {
  const found = sourcesOf(join('src', room)).flatMap(mutantsOf);
  const drawn = random.shuffle(found).slice(0, Number(values.sample));
  let killed = 0;
  for (const mutant of drawn) {
    if (isSeen(mutant, room)) killed++;
    else console.log(`not seen: ${placeOf(mutant)}`);
  }
  console.log(`${room}: ${killed} of ${drawn.length} mutants seen, ${found.length} in all`);
  seen += killed;
  all += drawn.length;
}
console.log(`mutation score ${((100 * seen) / all).toFixed(0)} %: ${seen} of ${all}`);

function sourcesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && entry.name !== 'index.ts')
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Every change of one token: an operator, a number, a truth value. Words in texts and types stay. */
function mutantsOf(file: string): Mutant[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true);
  const mutants: Mutant[] = [];
  const add = (node: ts.Node, text: string): void =>
    void mutants.push({ file, start: node.getStart(source), end: node.getEnd(), text });
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return;
    if (ts.isBinaryExpression(node)) {
      const other = swapped[node.operatorToken.getText(source)];
      if (other) add(node.operatorToken, other);
    }
    if (ts.isNumericLiteral(node)) add(node, node.text === '0' ? '1' : `${Number(node.text) * 1.2}`);
    if (node.kind === ts.SyntaxKind.TrueKeyword) add(node, 'false');
    if (node.kind === ts.SyntaxKind.FalseKeyword) add(node, 'true');
    if (ts.isPropertyAccessExpression(node)) {
      const other = swapped[node.getText(source)];
      if (other) add(node, other);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants;
}

/** Do the tests of the room fail with the mutant in place? */
function isSeen({ file, start, end, text }: Mutant, room: string): boolean {
  const whole = readFileSync(file, 'utf8');
  try {
    writeFileSync(file, whole.slice(0, start) + text + whole.slice(end));
    const args = ['vitest', 'run', '--bail', '1', `test/${room}/`];
    return spawnSync('npx', args, { stdio: 'ignore', timeout: 300_000 }).status !== 0;
  } finally {
    writeFileSync(file, whole);
  }
}

function placeOf({ file, start, end, text }: Mutant): string {
  const whole = readFileSync(file, 'utf8');
  const line = whole.slice(0, start).split('\n').length;
  return `${file}:${line}: ${whole.slice(start, end)} to ${text} in: ${whole.split('\n')[line - 1]!.trim()}`;
}
