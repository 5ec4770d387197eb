// Runs a few expressions once, for tests: state and feeds as plain nested numbers or tensors. All tests of a file share one
// engine, each writing the state that it reads.
import { afterAll } from 'vitest';
import type { Expr } from '../../src/graph/index.js';
import { openRuntime, type Runtime } from '../../src/runtime/index.js';
import type { Tensors } from '../../src/tensor.js';

let opened: Promise<Runtime> | undefined;
afterAll(async () => (await opened)?.close());

/** The values of `outputs`, each as a flat list. */
export async function evaluate<Name extends string>(
  outputs: Record<Name, Expr>,
  { feeds = {}, state = {} }: { feeds?: Tensors; state?: Tensors } = {},
): Promise<Record<Name, number[]>> {
  const runtime = await (opened ??= openRuntime({ threads: 1 }));
  await runtime.write(state);
  await using program = await runtime.compile({ outputs, updates: [] });
  const results = await program.run(feeds);
  const lists = Object.entries(results).map(([name, { data }]) => [name, Array.from(data, Number)]);
  return Object.fromEntries(lists) as Record<Name, number[]>;
}
