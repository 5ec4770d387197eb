// Stands for vitest in the bundle of a mutation run: collects the tests of a file with their hooks and runs them in any order,
// with vitest's own `expect`. Only what the tests of the tested rooms use; what is missing fails the build.
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend } from '@vitest/expect';

type Body = (...given: never[]) => unknown;

interface Suite {
  parent: Suite | undefined;
  before: Body[];
  after: Body[];
  isBegun: boolean;
}

/** A test of the file that was imported last. */
export interface Test {
  name: string;
  run(): Promise<void>;
}

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

const matchers = Symbol.for('asymmetric-matchers-object');
/** Vitest's `expect`, without its snapshots and counts of assertions. */
export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
  (globalThis as unknown as Record<symbol, object>)[matchers],
);

const root: Suite = { parent: undefined, before: [], after: [], isBegun: false };
let suite = root;
const tests: Test[] = [];
const begun: Suite[] = [];

/** The tests collected so far, taken out. */
export function takeTests(): Test[] {
  return tests.splice(0);
}

/** Ends every suite that was begun. */
export async function endSuites(): Promise<void> {
  for (const { after } of begun.reverse()) for (const body of after) await body();
}

export const describe = Object.assign(
  (_name: string, body: Body) => {
    const outer = suite;
    suite = { parent: outer, before: [], after: [], isBegun: false };
    body();
    suite = outer;
  },
  { each: (cases: readonly unknown[]) => eachOf(cases, (name, body) => describe(name, body)) },
);

export const it = Object.assign(
  (name: string, body: Body) => {
    const own = suite;
    const run = async (): Promise<void> => {
      await begin(own);
      await body();
    };
    tests.push({ name: `${tests.length}: ${name}`, run });
  },
  { each: (cases: readonly unknown[]) => eachOf(cases, (name, body) => it(name, body)) },
);
export const test = it;

export function beforeAll(body: Body): void {
  suite.before.push(body);
}

export function afterAll(body: Body): void {
  suite.after.push(body);
}

function eachOf(cases: readonly unknown[], one: (name: string, body: Body) => void) {
  return (name: string, body: (...given: unknown[]) => unknown): void =>
    cases.forEach((given) =>
      one(name, () => body(...(Array.isArray(given) ? (given as unknown[]) : [given]))),
    );
}

/** Hooks of a suite and of those around it, the outer first, once. */
async function begin(own: Suite): Promise<void> {
  if (own.parent) await begin(own.parent);
  if (own.isBegun) return;
  own.isBegun = true;
  begun.push(own);
  for (const body of own.before) await body();
}
