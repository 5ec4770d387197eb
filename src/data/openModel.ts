// A model folder, ready to answer.
import { createBackbone } from '../backbone/index.js';
import { Predictor } from '../infer/index.js';
import { openRuntime, type RuntimeOptions } from '../runtime/index.js';
import { readModelFolder } from './modelFolder.js';

/**
 * Reads a model folder and compiles it on a runtime of its own, which the predictor closes with itself.
 * Throws what {@link readModelFolder} throws, before a device is opened.
 */
export async function openModel(folder: string, options: RuntimeOptions = {}): Promise<Predictor> {
  const { config, tensors, id } = await readModelFolder(folder);
  // Computing threads sleep while they wait: clips are decoded beside them.
  const runtime = await openRuntime({ spin: false, ...options });
  try {
    const encoder = createBackbone(config.backbone);
    return await Predictor.open({ config, tensors, id, runtime, encoder });
  } catch (error) {
    await runtime.close();
    throw error;
  }
}
