// An untrained model folder, small enough to answer at once: its figures mean nothing, its files are real.
import { createBackbone } from '../../src/backbone/index.js';
import { modelParameters, writeModelFolder } from '../../src/savedModel/modelFolder.js';
import { initialise, parseModelConfig } from '../../src/model/index.js';
import { Random } from '../../src/random.js';

/** Writes the model and resolves with its classes. */
export async function writeTinyModel(
  folder: string,
  classes: string[],
  { frames = 4, width = 32, height = 24, seed = 7, isRecurrent = false } = {},
): Promise<string[]> {
  const backbone = { kind: 'small', widths: [6, 8], strides: [4, 2] };
  const config = parseModelConfig({
    version: 1,
    classes,
    frames,
    transform: { size: { width, height } },
    backbone,
    attention: isRecurrent
      ? { form: 'recurrent-tanh', hidden: 4, scoreWidth: 4, maskChannels: [4, 4], startChannels: 4 }
      : { form: 'joint', hidden: 8, scoreWidth: 4, contextFrames: 1 },
    grid: createBackbone(backbone).grid({ width, height }),
  });
  const tensors = initialise(modelParameters(config), Random.from(seed, 'tiny model'));
  await writeModelFolder(folder, { config, tensors });
  return classes;
}
