// Model folders: `config.json` and weights changed, opened, and every eighth asked about a clip; ONNX files of others.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import schema from 'onnx-proto';
import { OnnxDescription, openOnnx } from '../../../src/backbone/onnxFile.js';
import { decodeModel } from '../../../src/graph/decodeModel.js';
import { decodeSafetensors, encodeSafetensors } from '../../../src/model/index.js';
import { openRuntime } from '../../../src/runtime/index.js';
import type { Random } from '../../../src/random.js';
import { readModelFolder } from '../../../src/savedModel/index.js';
import { modelFiles } from '../../../src/savedModel/modelFolder.js';
import { withChecksums } from '../../../src/store/checksums.js';
import { tinyOnnx } from '../../backbone/tinyOnnx.js';
import { outcomeOf } from '../../reliability/brokenModels.js';
import { writeTinyModel } from '../../savedModel/tinyModel.js';
import { judged, type OpenDoor, type Verdict } from '../door.js';
import { mutatedBytes, mutatedJson, mutatedSafetensors } from '../mutate.js';

/** Model folders of two forms. */
export const openModels: OpenDoor = async (folder) => {
  const models = await Promise.all(
    [false, true].map(async (isRecurrent) => {
      const model = join(folder, String(isRecurrent));
      await writeTinyModel(model, ['left', 'right'], { isRecurrent });
      await readModelFolder(model); // the good one is good
      const config: unknown = JSON.parse(await readFile(join(model, modelFiles.config), 'utf8'));
      return { model, config, bytes: Uint8Array.from(await readFile(join(model, modelFiles.weights))) };
    }),
  );
  return {
    attempt: async (random) => {
      const { model, config, bytes } = random.pick(models);
      const what = random.integer(0, 3);
      const rules = { localize: { where: { smoothSpace: 1 }, when: { smooth: 1 } } };
      const text = mutatedJson(random, { ...(config as object), ...(random.uniform() < 0.5 && rules) });
      await writeFile(join(model, modelFiles.config), what > 0 ? text : JSON.stringify(config));
      await writeFile(join(model, modelFiles.weights), what > 1 ? bytes : changedWeights(random, bytes));
      const verdict = await judged(() => readModelFolder(model));
      return verdict === 'read' && random.integer(0, 8) === 0 ? answered(model) : verdict;
    },
  };
};

async function answered(model: string): Promise<Verdict> {
  const outcome = await outcomeOf(model);
  if (outcome === 'refused') return 'refused';
  if (outcome !== 'answered') throw new Error(outcome);
  return 'read';
}

/** Changed bytes, or numbers of any size in place of weights, their checksum right again. */
function changedWeights(random: Random, bytes: Uint8Array): Uint8Array {
  if (random.uniform() < 0.3) return mutatedSafetensors(random, bytes);
  const { tensors } = decodeSafetensors(bytes, 'model');
  for (let n = random.integer(1, 4); n > 0; n--) {
    const { data } = tensors[random.pick(Object.keys(tensors))]!;
    data[random.integer(0, data.length)] = random.pick([0, -1, 1e-38, 1e10, 1e30, -3e38, NaN, Infinity]);
  }
  const marked = withChecksums({ tensors, metadata: {} });
  return encodeSafetensors(marked.tensors, marked.metadata);
}

/** ONNX files: bytes, and the model's own fields by the official schema. */
export const openOnnxFiles: OpenDoor = async (folder) => {
  const file = join(folder, 'net.onnx');
  const seeds = [tinyOnnx(), tinyOnnx({ batch: 2 })];
  const runtime = await openRuntime({ device: 'cpu', threads: 1 });
  const outputs = ['fine', 'coarse'];
  const preprocessing = OnnxDescription.parse({
    ...{ channels: 'RGB', scale: 1, mean: [0, 0, 0], size: { width: 12, height: 8 } },
  });
  const open = async (): Promise<void> => {
    const extractor = await openOnnx({ kind: 'onnx', file, outputs, preprocessing }, { runtime });
    await extractor.close();
  };
  for (const seed of seeds) {
    await writeFile(file, seed);
    await open(); // the good ones are good
  }
  return {
    attempt: async (random) => {
      const seed = random.pick(seeds);
      await writeFile(file, random.uniform() < 0.5 ? mutatedBytes(random, seed) : changedModel(random, seed));
      return judged(open);
    },
    close: () => runtime.close(),
  };
};

/** The model as JSON of its schema with changed places, written again; changed bytes where the schema does not take it. */
function changedModel(random: Random, bytes: Uint8Array): Uint8Array {
  const { ModelProto } = schema.onnx;
  try {
    const plain = ModelProto.toObject(decodeModel(bytes), { bytes: String, longs: Number });
    const value = JSON.parse(mutatedJson(random, plain)) as Record<string, unknown>;
    return ModelProto.encode(ModelProto.fromObject(value)).finish();
  } catch {
    return mutatedBytes(random, bytes);
  }
}
