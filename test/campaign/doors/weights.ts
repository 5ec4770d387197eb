// Weight files of every kind, stores of features, checkpoints: changed bytes, and changed content whose checksums are right again.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readWeightFile } from '../../../src/backbone/weights/read.js';
import { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from '../../../src/model/index.js';
import { WhereWhenError } from '../../../src/errors.js';
import type { Random } from '../../../src/random.js';
import { withChecksums } from '../../../src/store/checksums.js';
import { factsFromFile, featuresToFile } from '../../../src/store/features/file.js';
import { allFeatures, framesStored, pooledStored } from '../../../src/store/features/read.js';
import { ClipStore } from '../../../src/store/store.js';
import { float32 } from '../../../src/tensor.js';
import { checkpointFile, readCheckpoint, writeCheckpoint } from '../../../src/train/folder/checkpoint.js';
import { parseRecipe } from '../../../src/train/recipe/recipe.js';
import { legacyFile, stateDictFile } from '../../backbone/pickling.js';
import { judged, type OpenDoor } from '../door.js';
import { mutatedBytes, mutatedJson, mutatedSafetensors } from '../mutate.js';

const numbers = (...shape: number[]) => {
  const size = shape.reduce((a, b) => a * b, 1);
  return float32(
    Float32Array.from({ length: size }, (_, i) => (i % 17) / 8),
    shape,
  );
};
const tensors = { 'conv1.weight': numbers(2, 3, 2, 2), 'conv1.bias': numbers(2), 'fc.weight': numbers(5, 2) };

/** PyTorch's two forms and safetensors. */
export const openWeights: OpenDoor = async (folder) => {
  const path = join(folder, 'weights.bin');
  const files = [stateDictFile(tensors), legacyFile(tensors), encodeSafetensors(tensors, { of: 'a test' })];
  for (const file of files) {
    await writeFile(path, file);
    await readWeightFile(path); // the good ones are good
  }
  return {
    attempt: async (random) => {
      const file = random.pick(files);
      const bytes = file === files[2] ? mutatedSafetensors(random, file) : mutatedBytes(random, file);
      await writeFile(path, bytes);
      return judged(() => readWeightFile(path));
    },
  };
};

/** What a file holds, changed and marked as if it had been written so: everything behind the checksum is reached. */
function remarked(random: Random, file: SafetensorsFile): Uint8Array | undefined {
  const names = Object.keys(file.metadata).filter((name) => !['checksum', 'crc32'].includes(name));
  const metadata = Object.fromEntries(names.map((name) => [name, file.metadata[name]!]));
  const name = random.pick(names);
  try {
    if (random.uniform() < 0.8) metadata[name] = mutatedJson(random, JSON.parse(metadata[name]!));
    else metadata[name] = Buffer.from(mutatedBytes(random, Buffer.from(metadata[name]!))).toString();
    const raw = encodeSafetensors(file.tensors, metadata);
    const bytes = random.uniform() < 0.5 ? raw : mutatedSafetensors(random, raw);
    const changed = withChecksums(decodeSafetensors(bytes, 'changed'));
    return encodeSafetensors(changed.tensors, changed.metadata);
  } catch (error) {
    if (error instanceof WhereWhenError) return undefined; // no file of this form: the bytes alone are changed
    throw error;
  }
}

/** Features of a clip in a store: missing where they are not whole, else read or refused. */
export const openStore: OpenDoor = async (folder) => {
  const store = new ClipStore(folder, { kind: 'fuzz' });
  const files: SafetensorsFile[] = [];
  for (const precision of ['int8', 'float16', 'float32'] as const) {
    const clip = {
      times: Float64Array.of(0, 0.5),
      indices: [0, 1],
      ...{ damagedFrames: 0, missingFrames: 0, warnings: [] },
      info: {
        ...{ path: 'a.mp4', width: 64, height: 48, frames: 2, frameRate: 2, durationSeconds: 1 },
        ...{ isVariableRate: false, rotation: 0, codec: 'h264', container: 'mp4' },
      },
    };
    const scales = [numbers(2, 3, 4, 4), numbers(2, 2, 2, 2)];
    const { tensors, metadata } = featuresToFile(clip, scales, { precision, alignment: 'tiles' });
    await store.write(precision, tensors, metadata);
    files.push(decodeSafetensors(await readFile(store.fileOf(precision)), precision));
    readAll(files.at(-1)!, precision); // the good one is good
  }
  return {
    attempt: async (random) => {
      const file = random.pick(files);
      const bytes = random.uniform() < 0.8 ? remarked(random, file) : undefined;
      const path = store.fileOf('changed');
      await writeFile(
        path,
        bytes ?? mutatedSafetensors(random, encodeSafetensors(file.tensors, file.metadata)),
      );
      const found = await store.readVerified('changed');
      if (!found) return 'refused';
      return judged(() => readAll(found, path));
    },
  };
};

/** Everything that is taken of stored features. */
function readAll(file: SafetensorsFile, path: string): void {
  factsFromFile(file, path);
  framesStored(file, path);
  allFeatures(file, path);
  pooledStored(file, path);
}

/** The checkpoint of a run. */
export const openCheckpoints: OpenDoor = async (folder) => {
  await mkdir(folder, { recursive: true });
  const recipe = parseRecipe({ epochs: 3, batch: 2, frames: 4 });
  const score = { accuracy: 0.5, crossEntropy: 0.7 };
  await writeCheckpoint(folder, {
    run: {
      ...{ version: 1, recipe, threads: 1, device: 'cpu', classes: ['a', 'b'], clips: 'abc' },
      position: { epoch: 1, step: 2, total: 5 },
      course: { best: { ...score, epoch: 1 }, waited: 0, stalled: 0, factor: 1, cuts: [] },
      ...{ sums: { crossEntropy: 1.5 }, seconds: 3, model: null, isDone: false },
    } as never,
    state: tensors,
  });
  const path = checkpointFile(folder);
  await readCheckpoint(folder); // the good one is good
  const file = decodeSafetensors(await readFile(path), path);
  return {
    attempt: async (random) => {
      const bytes = random.uniform() < 0.8 ? remarked(random, file) : undefined;
      await writeFile(
        path,
        bytes ?? mutatedSafetensors(random, encodeSafetensors(file.tensors, file.metadata)),
      );
      return judged(() => readCheckpoint(folder));
    },
  };
};
