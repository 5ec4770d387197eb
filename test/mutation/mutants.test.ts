import { expect, it } from 'vitest';
import { withSwitches } from './bundle.js';
import { mutantsIn } from './mutants.js';

const shown = (text: string): string[] => mutantsIn('a.ts', text).map((one) => one.shown);

it('changes operators, terms, numbers and bounds, one at a time', () => {
  expect(shown('f(a - 2)')).toEqual(['- to +', 'without - 2', 'without a -', '2 to 3', '2 to 1']);
  expect(shown('if (a < b) g();')).toEqual(['< to <=', '< to >=']);
  expect(shown('const c = 0.5;')).toEqual(['0.5 to 0.6']);
});

it('takes one axis for the other', () => {
  expect(shown('f(box.x)')).toEqual(['box.x to y']);
  expect(shown('f([width, height])')).toEqual(['width, height to height, width']);
  expect(shown('Math.min(a)')).toEqual(['Math.min to max']);
  expect(shown('box.x = a')).toEqual([]); // a place to write to
});

it('leaves types, texts and errors alone', () => {
  expect(shown("const a: 1 | 2 = b; c = 'x' + d; throw e(1); throw usageError('a', 2);")).toEqual([]);
});

it('writes every mutant behind a switch, the inner ones inside the outer ones', () => {
  const text = 'x = a + 2;';
  const mutants = mutantsIn('a.ts', text);
  const written = withSwitches(text, new Map(mutants.map((one, id) => [one, id])));
  const run = (active: number): number =>
    new Function('a', 'mutant', `let x; ${written} return x;`)(10, (id: number) => id === active) as number;
  expect(mutants.map((one, id) => [one.shown, run(id)])).toEqual([
    ['+ to -', 8],
    ['without + 2', 10],
    ['without a +', 2],
    ['2 to 3', 13],
    ['2 to 1', 11],
  ]);
  expect(run(-1)).toBe(12);
});
