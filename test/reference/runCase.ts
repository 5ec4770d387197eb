// Runs one reference case: answers and losses by running and by batch statistics, every gradient, and the
// parameters after some steps, each compared with what PyTorch computed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkTensors } from '../../src/model/checkTensors.js';
import { decodeSafetensors, trainingGraph, type TrainingGraph } from '../../src/model/index.js';
import { evaluationGraph } from '../../src/model/programs.js';
import { openRuntime, type Runtime } from '../../src/runtime/index.js';
import { float32, sizeOf, type Tensor, type Tensors } from '../../src/tensor.js';
import { readCase, type CaseSettings } from './cases.js';

/** What became of a case. */
export interface CaseReport {
  /** Numbers compared. */
  compared: number;
  /** Largest difference as a share of its tolerance. */
  worst: number;
  /** What differed, in words; empty when the case passed. */
  faults: string[];
}

/** Runs the case in `folder`; throws when the folder cannot be read. */
export async function runCase(folder: string): Promise<CaseReport> {
  const path = join(folder, 'case.json');
  const settings = readCase(JSON.parse(readFileSync(path, 'utf8')), path);
  const [weights, batch, expected] = ['weights', 'batch', 'expected'].map((name) => read(folder, name));
  const runtime = await openRuntime({ threads: 1 });
  try {
    return compare(await compute(runtime, settings, weights!, batch!, folder), expected!);
  } finally {
    await runtime.close();
  }
}

function read(folder: string, name: string): Tensors {
  const path = join(folder, `${name}.safetensors`);
  return decodeSafetensors(readFileSync(path), path).tensors;
}

/** All that `expected.safetensors` may name, computed by us. */
async function compute(
  runtime: Runtime,
  { steps, learningRate, ...options }: CaseSettings,
  weights: Tensors,
  batch: Tensors,
  folder: string,
): Promise<Tensors> {
  const evaluation = evaluationGraph(options);
  const training = trainingGraph({ ...options, withGradients: true });
  checkTensors(weights, training.parameters, join(folder, 'weights.safetensors'));
  await runtime.write({ ...weights, ...zeroState(training) });
  const evaluated = await (await runtime.compile(evaluation.graph)).run(batch);
  const program = await runtime.compile(training.graph);
  const feeds = { ...batch, learningRate: float32([learningRate], []) };
  const first = await program.run(feeds);
  for (let step = 1; step < steps; step++) await program.run(feeds, { outputs: [] });
  const after = await runtime.read(training.parameters.map((one) => one.name));
  const isGradient = (name: string): boolean => name.startsWith('grad:');
  return {
    ...renamed(evaluated, (name) => `eval.${name}`),
    ...renamed(first, (name) => (isGradient(name) ? name.replace(':', '.') : `train.${name}`)),
    ...renamed(after, (name) => `after.${name}`),
  };
}

function zeroState({ state }: TrainingGraph): Tensors {
  return Object.fromEntries(
    state.map(({ name, shape }) => [name, float32(new Float32Array(sizeOf(shape)), shape)]),
  );
}

function renamed(tensors: Tensors, rename: (name: string) => string): Tensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [rename(name), tensor]));
}

function compare(computed: Tensors, expected: Tensors): CaseReport {
  const report: CaseReport = { compared: 0, worst: 0, faults: [] };
  for (const [name, wanted] of Object.entries(expected)) {
    const tensor = computed[name];
    if (!tensor) report.faults.push(`${name} is not computed`);
    else if (`${tensor.shape}` !== `${wanted.shape}`) {
      report.faults.push(`${name} is [${tensor.shape}], expected [${wanted.shape}]`);
    } else compareTensor(name, tensor, wanted, report);
  }
  return report;
}

/** The agreement that the reference's README asks for. */
function tolerance(name: string, expected: number): number {
  return name.startsWith('after.') ? 1e-4 + 1e-3 * Math.abs(expected) : 2e-5 + 2e-4 * Math.abs(expected);
}

function compareTensor(name: string, tensor: Tensor, wanted: Tensor, report: CaseReport): void {
  let worst = 0;
  let at = 0;
  for (let i = 0; i < wanted.data.length; i++) {
    const [ours, theirs] = [Number(tensor.data[i]), Number(wanted.data[i])];
    const share = Math.abs(ours - theirs) / tolerance(name, theirs);
    if (!(share <= worst)) [worst, at] = [Number.isNaN(share) ? Infinity : share, i];
  }
  report.compared += wanted.data.length;
  report.worst = Math.max(report.worst, worst);
  if (worst > 1) report.faults.push(`${name}[${at}] is ${tensor.data[at]}, expected ${wanted.data[at]}`);
}
