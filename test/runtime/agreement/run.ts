// A process of its own that computes cases on a device and on the CPU, and prints as JSON how far each number lies
// apart, as a share of the largest of its tensor. Should native code abort, it takes this process down and not the tests.
//   node --import tsx test/runtime/agreement/run.ts DEVICE CASE...
import { openRuntime, type Device } from '../../../src/runtime/index.js';
import type { Tensor, Tensors } from '../../../src/tensor.js';
import { cases, type CaseName } from './cases.js';

function gapOf(expected: Tensor, got: Tensor): number {
  const [right, other] = [expected, got].map(({ data }) => Array.from(data, Number)) as [number[], number[]];
  if (right.length !== other.length) return Infinity;
  const largest = Math.max(...right.map(Math.abs), 1e-30);
  const gaps = right.map((x, i) => (x === other[i] ? 0 : Math.abs(x - other[i]!) / largest));
  return gaps.some(Number.isNaN) ? 1e9 : Math.max(0, ...gaps); // JSON has no infinity
}

function gapsOf(expected: Tensors, got: Tensors): Record<string, number> {
  return Object.fromEntries(Object.keys(expected).map((name) => [name, gapOf(expected[name]!, got[name]!)]));
}

const [device, ...names] = process.argv.slice(2) as [Device, ...CaseName[]];
const gaps: Record<string, Record<string, number>> = {};
{
  await using reference = await openRuntime({ threads: 1, spin: false });
  await using tried = await openRuntime({ device, threads: 1, spin: false });
  for (const name of names) {
    const expected = await cases[name](reference);
    gaps[name] = gapsOf(expected, await cases[name](tried));
    await Promise.all([reference.forget(), tried.forget()]);
  }
}
process.stdout.write(JSON.stringify(gaps));
