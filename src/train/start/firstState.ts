// All state before the first step of a run: drawn, read from weight files, or found from the features.
import { hasFront } from '../../backbone/front.js';
import type { BackboneSettings } from '../../backbone/index.js';
import { classIndicesOf } from '../../dataset/clipClasses.js';
import { encoderOf } from '../../backbone/encoder.js';
import { inferenceGraph } from '../../model/index.js';
import type { Program, Runtime } from '../../runtime/index.js';
import type { Tensors } from '../../tensor.js';
import { batchesOf, type Source } from '../data/batchesOf.js';
import { startState, type Programs } from '../run/programs.js';
import type { RunParts } from '../run/runParts.js';
import { startActor } from './startActor.js';
import { startFromModel } from './startFromModel.js';
import { clipsAnswered } from '../run/together.js';
import { encodedBy, startFromFeatures, takesFromFeatures } from './startFromFeatures.js';

/** What the start depends on. */
export interface StartParts extends Source {
  data: RunParts['data'];
  runtime: Runtime;
  readParameters?: RunParts['readParameters'];
  start?: RunParts['start'];
  sums?: RunParts['sums'];
}

/** All state before the first step. Throws what `parts.readParameters` throws for weights of stages that are trained. */
export async function firstState(programs: Programs, parts: StartParts): Promise<Tensors> {
  const state = await ownStart(programs, parts);
  return parts.start ? startFromModel(state, parts.start, programs.config) : state;
}

async function ownStart(programs: Programs, parts: StartParts): Promise<Tensors> {
  const { recipe, data, runtime, views } = parts;
  const { backbone } = programs.config;
  const isPartly = hasFront(backbone);
  const trained = isPartly ? await parts.readParameters!(backbone as BackboneSettings) : {};
  const start = startState(programs, recipe, trained);
  if (!takesFromFeatures(recipe)) return start;
  const { probabilities } = programs.config;
  const options = { recipe, classes: data.dataset.classes.length, probabilities };
  if (views && recipe.attention.form === 'actor') {
    const own = data.train.map(({ key }) => views.get(key)!);
    return startActor(start, own, data.train.map(classIndicesOf), options);
  }
  const size = clipsAnswered(recipe, programs.config);
  const training = batchesOf(data.train, parts, { size });
  if (!isPartly) return startFromFeatures(start, { ...options, training, sums: parts.sums });
  await runtime.write(start); // the trained stages, as they begin, say what the attention sees
  await using stages = await stagesOf(programs, { runtime, clips: size });
  return await startFromFeatures(start, { ...options, training: encodedBy(stages, training) });
}

/** From what the trained stages of the backbone take to the features that the attention sees. */
async function stagesOf(
  { config }: Programs,
  { runtime, clips }: { runtime: Runtime; clips: number },
): Promise<Program> {
  const { graph } = inferenceGraph({ config, clips, encoder: encoderOf(config), features: true });
  return runtime.compile({ outputs: { features: graph.outputs.features! }, updates: [] });
}
