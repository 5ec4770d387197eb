// Three facts of the paper's recurrent forms, seen on a tiny network with drawn weights and drawn features: masks lie between
// 0 and 1, the weights of a step sum to 1, and only the tanh score lets steps differ. `npx tsx examples/attentionFacts.ts`
import { inferenceGraph, initialise, parseModelConfig } from '../src/model/index.js';
import { Random } from '../src/random.js';
import { openRuntime } from '../src/runtime/index.js';
import { float32 } from '../src/tensor.js';

const [n, C, h, w, K] = [5, 6, 2, 3, 4]; // frames, channels, grid, classes

/** What the weights `[n,n]` of all steps and the masks `[n,h,w]` of one drawn clip show. */
export async function attentionFacts(form: 'recurrent-additive' | 'recurrent-tanh'): Promise<{
  masksInRange: boolean;
  weightsSumToOne: boolean;
  stepsDiffer: boolean;
}> {
  const config = parseModelConfig({
    version: 1,
    classes: Array.from({ length: K }, (_, k) => `class ${k}`),
    frames: n,
    transform: { size: { width: 8, height: 8 } },
    backbone: { kind: 'features' },
    attention: { form, hidden: 3, maskChannels: [4, 5], startChannels: 4 },
    grid: { channels: C, height: h, width: w },
  });
  const random = Random.from(11);
  const drawn = Float32Array.from({ length: n * C * h * w }, () => Math.abs(random.normal()));
  const runtime = await openRuntime({ threads: 1 });
  try {
    const { graph, parameters } = inferenceGraph({ config, clips: 1 });
    await runtime.write(initialise(parameters, Random.from(7)));
    const program = await runtime.compile(graph);
    const { weights, masks } = await program.run({ features: float32(drawn, [1, n, C, h, w]) });
    const steps = rowsOf(weights!.data as Float32Array, n);
    return {
      masksInRange: [...(masks!.data as Float32Array)].every((m) => m >= 0 && m <= 1),
      weightsSumToOne: steps.every((row) => Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-6),
      stepsDiffer: steps.some((row) => row.some((weight, i) => Math.abs(weight - steps[0]![i]!) > 1e-6)),
    };
  } finally {
    await runtime.close();
  }
}

function rowsOf(numbers: Float32Array, length: number): number[][] {
  return Array.from({ length: numbers.length / length }, (_, i) => [
    ...numbers.subarray(i * length, (i + 1) * length),
  ]);
}

if (process.argv[1]?.endsWith('attentionFacts.ts')) {
  for (const form of ['recurrent-additive', 'recurrent-tanh'] as const)
    console.log(form, await attentionFacts(form));
}
