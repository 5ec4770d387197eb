// A frozen network in eight bits: activations as bytes, weights as whole numbers with a scale a channel, calibrated on
// frames. What it makes is a plain ONNX file of operators that ONNX Runtime has in Node and in a page.
import schema, { type onnx as Onnx } from 'onnx-proto';
import { formatError, usageError } from '../../errors.js';
import type { Runtime } from '../../runtime/program.js';
import { sizeOf, type Tensor } from '../../tensor.js';
import { requireFrames } from '../frames.js';
import type { Preprocessing } from '../preprocessing.js';
import { writeFloat } from './float.js';
import { Lowering } from './lowering.js';
import { readNetwork, type OperationNetwork } from './network.js';
import { planOf, type QuantisePlan } from './plan.js';
import { scalesOf } from './scales.js';
import { statisticsOver, type ChannelStatistics } from './statistics.js';
import { writeQuantised } from './rules.js';
import { simplify } from './simplify.js';

const { onnx } = schema;

/** What a network is quantised with. */
export interface QuantiseOptions {
  /** Names the file, for errors. */
  path: string;
  /** Of its outputs, those to keep; by default all. */
  outputs?: readonly string[];
  preprocessing: Preprocessing;
  /** Frames to calibrate on, uint8 `[B,H,W,3]`, of different clips: two dozen do. At least two. */
  frames: Tensor;
  runtime: Runtime;
  /** Text pairs for the file's `metadata_props`. */
  metadata?: Readonly<Record<string, string>>;
}

/** A network in eight bits. */
export interface QuantisedNetwork {
  /** The ONNX file. It takes `[n,H,W,4]` bytes (red, green, blue, 255) or what the network took. */
  bytes: Uint8Array;
  takesBytes: boolean;
  /** Operations that stayed in float32, and how many there are of each. */
  left: ReadonlyMap<string, number>;
}

/** Frames below which ranges mean nothing. */
const LEAST_FRAMES = 2;

/**
 * Quantises an ONNX network whose weights are inside the file. Throws `usage` for fewer than two frames, `input` for
 * frames of another size and for values without a finite range, `format` for files that cannot be followed or where
 * nothing can be done in eight bits.
 */
export async function quantise(model: Uint8Array, options: QuantiseOptions): Promise<QuantisedNetwork> {
  const { path, preprocessing, frames, runtime, metadata } = options;
  requireCalibration(frames, preprocessing);
  const network = simplify(readNetwork(model, path, options.outputs));
  const plan = planOf(network);
  requireSome(plan, path);
  requireVersion(network, path);
  const program = await runtime.openModel(writeFloat(network, plan.watched));
  try {
    const batch = fixedBatch(network) ?? 1;
    const seen = await statisticsOver(program, frames, { watched: plan.watched, preprocessing, batch });
    const bytes = write(network, plan, { preprocessing, metadata, seen });
    return { bytes, takesBytes: plan.takesBytes, left: plan.left };
  } finally {
    await program.release();
  }
}

function write(
  network: OperationNetwork,
  plan: QuantisePlan,
  {
    preprocessing,
    metadata,
    seen,
  }: Pick<QuantiseOptions, 'preprocessing' | 'metadata'> & { seen: ReadonlyMap<string, ChannelStatistics> },
): Uint8Array {
  const low = new Lowering(network, plan, { statistics: seen, scaleOf: scalesOf(seen, plan.shared) });
  for (const step of plan.steps) {
    if (step.isQuantised) writeQuantised(low, step, { preprocessing, takesBytes: plan.takesBytes });
    else low.copy(step);
  }
  for (const { name } of network.outputs) low.float(name!);
  const input = plan.takesBytes ? bytesInput(network, preprocessing) : network.input;
  return low.writer.finish(network, { input, metadata });
}

/** The input as bytes: the batch is as it was. */
function bytesInput({ input }: OperationNetwork, { size }: Preprocessing): Onnx.IValueInfoProto {
  const [batch] = input.type?.tensorType?.shape?.dim ?? [];
  const dim = [batch ?? { dimParam: 'n' }, ...[size.height, size.width, 4].map((dimValue) => ({ dimValue }))];
  return {
    name: input.name,
    type: { tensorType: { elemType: onnx.TensorProto.DataType.UINT8, shape: { dim } } },
  };
}

function fixedBatch({ input }: OperationNetwork): number | undefined {
  const length = Number(input.type?.tensorType?.shape?.dim?.[0]?.dimValue ?? 0);
  return length > 0 ? length : undefined;
}

function requireCalibration(frames: Tensor, { size }: Preprocessing): void {
  const count = frames.shape[0] ?? 0;
  if (count >= LEAST_FRAMES && sizeOf(frames.shape) > 0) return void requireFrames(frames, size);
  throw usageError('quantise: frames', `at least ${LEAST_FRAMES} frames to calibrate on`, `${count}`);
}

function requireSome({ steps, left }: QuantisePlan, path: string): void {
  if (steps.some(({ isQuantised }) => isQuantised)) return;
  const received = [...left.keys()].join(', ') || 'none';
  const expected = 'a network with convolutions whose weights are in the file';
  throw formatError(path, expected, received, 'use --precision float32');
}

/** Before it, bytes had neither limits nor a scale for each channel. */
const LEAST_OPSET = 13;

function requireVersion({ opset }: OperationNetwork, path: string): void {
  if (opset >= LEAST_OPSET) return;
  const expected = `operations of version ${LEAST_OPSET} or later`;
  const hint = 'export the network anew, or use --precision float32';
  throw formatError(path, expected, `${opset}`, hint);
}
