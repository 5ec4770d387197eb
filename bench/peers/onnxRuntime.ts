// ONNX Runtime alone, in a process of its own: `onnxRuntime.ts MODEL BATCH THREADS SPIN OUTPUT...`. Asked for a number of
// frames over the channel of its parent, it runs them in batches, and answers with the milliseconds that this took.
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [model, size, threads, spin, ...outputs] = process.argv.slice(2);
const batch = Number(size);
const session = await InferenceSession.create(model!, {
  executionProviders: ['cpu'],
  intraOpNumThreads: Number(threads),
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: spin } } },
});
const [input] = session.inputNames;
const [, , height = 224, width = 224] = session.inputMetadata[0]!.isTensor
  ? session.inputMetadata[0]!.shape.map((edge) => (typeof edge === 'number' ? edge : 224))
  : [];
const frames = new Map<number, Tensor>();

/** Numbers as a picture less its mean has them; only time counts, and that does not depend on them. */
function framesOf(count: number): Tensor {
  const data = Float32Array.from({ length: count * 3 * height * width }, (_, i) => ((i * 7919) % 256) - 117);
  return new Tensor('float32', data, [count, 3, height, width]);
}

async function run(count: number): Promise<{ wall: number; processor: number }> {
  for (const part of [batch, count % batch])
    if (part > 0 && !frames.has(part)) frames.set(part, framesOf(part));
  const [started, before] = [performance.now(), process.cpuUsage()];
  for (let left = count; left > 0; left -= batch) {
    await session.run({ [input!]: frames.get(Math.min(left, batch))! }, outputs);
  }
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - started, processor: (user + system) / 1000 };
}

await run(2 * batch);
process.on('message', (count: number) => void run(count).then((time) => process.send!(time)));
process.send!('ready');
