// A tiny world that Node has trained on, as takes: the same features, groups and sides.
import { join } from 'node:path';
import { webBackbone } from '../../src/savedModel/export/exportWeb.js';
import { readModelFolder } from '../../src/savedModel/index.js';
import { runtimeInThread } from '../../src/runtime/inThread.js';
import type { Runtime } from '../../src/runtime/index.js';
import { createWasmEngine } from '../../src/runtime/threadEngine.js';
import { factsFromFile } from '../../src/store/features/file.js';
import type { TeachBackbone, TeachTake } from '../../src/teach/index.js';
import { parseRecipe, train, type RecipeInput } from '../../src/train/index.js';
import { gather } from '../../src/train/trainingData.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { writeTinyBackbone } from '../train/tinyFrozen.js';

/** What a page says of a recipe; the backbone comes with the takes. */
export const tinyRecipe = {
  frames: 5,
  batch: 4,
  epochs: 2,
  settled: 2,
  attention: { form: 'joint' },
  actors: { mosaics: 0, motion: false, leastAgreement: 1 }, // of what a take holds, and boxes of one look
} satisfies RecipeInput;

/** A tiny world, Node's model of it and the takes. */
export interface TinyTaught {
  data: string;
  model: string;
  takes: TeachTake[];
  backbone: TeachBackbone;
}

/** Trains in Node below `folder`, `clips` of each class, and reads back what it trained on. */
export async function trainTiny(folder: string, clips: number): Promise<TinyTaught> {
  const [data, model, cache] = ['data', 'model', 'store'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeTinyWorld(data, clips);
  const recipe = { ...tinyRecipe, backbone: await writeTinyBackbone(join(folder, 'net.onnx')) };
  await train({ data, out: model, cache, recipe, threads: 1 });
  const { described, config } = await webBackbone(await readModelFolder(model), { threads: 1 });
  const gathered = await gather({
    ...{ data, out: model, cache, strict: true, listen: () => {} },
    recipe: parseRecipe(recipe),
  });
  const { store } = gathered;
  const takes = await Promise.all(
    [...gathered.train, ...gathered.validation].map(async ({ key, name, label, group }) => {
      const file = await store.read(key);
      const { times, info } = factsFromFile(file, key);
      const features = Object.fromEntries(
        Object.entries(file.tensors).filter(([one]) => /^(features|steps|zeros)\./.test(one)),
      );
      const picture = { width: info.width, height: info.height };
      return { id: name.replace('/', '-'), label, group, features, times: [...times], picture };
    }),
  );
  const backbone: TeachBackbone = { version: 1, settings: config.backbone, backbone: described };
  return { data, model, takes, backbone };
}

/** What a page computes with: onnxruntime-web, on one thread. */
export async function pageRuntime(): Promise<Runtime> {
  return runtimeInThread(await createWasmEngine(1), 1);
}
