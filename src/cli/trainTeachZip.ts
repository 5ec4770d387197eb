// `wherewhen train FILE.zip --out MODEL`: learns from the takes of a page, by their groups and marks, as the page itself does.
import { join, resolve } from 'node:path';
import { writeAtomically } from '../atomicFile.js';
import { usageError } from '../errors.js';
import type { FeatureExtractor } from '../backbone/index.js';
import type { RecipeInput } from '../train/index.js';
import type { TeachProgress, TeachTake } from '../teach/index.js';
import { interrupted, onInterrupt } from './interrupt.js';
import type { Shell } from './shell.js';
import { unpackTeachZip, type UnpackedZip } from './teachZip.js';
import { recipeOf, type TrainCommandOptions } from './trainOptions.js';

/** Options that say what a zip says already, or that ask for another kind of training. */
const refused = [
  ...['annotations', 'group', 'backbone', 'trainFrom', 'attention', 'recipe', 'settings'],
  ...['folds', 'sweep', 'resume', 'serve', 'part', 'gather', 'variant', 'frames'],
] as const;

/** Learns from the takes of the zip at `path`, and leaves a model folder. */
export async function trainTeachZip(
  shell: Shell,
  options: TrainCommandOptions,
  path: string,
): Promise<number> {
  const given = refused.find((name) => (options as unknown as Record<string, unknown>)[name] !== undefined);
  if (given !== undefined) {
    const option = `--${given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw usageError(option, 'none where takes of a page are learnt from', 'one');
  }
  const { inHeldFolder } = await import('../lock.js');
  const { writeModelFolder } = await import('../savedModel/index.js');
  const { teach } = await import('../teach/index.js');
  const { joinRecipes } = await import('../train/recipe/recipes.js');
  const { openRuntime } = await import('../runtime/index.js');
  const { openExtractor } = await import('../backbone/index.js');
  await using unpacked = await unpackTeachZip(path);
  const { zip, settings } = unpacked;
  const recipe = joinRecipes(zip.recipe ?? {}, recipeOf(options)) as Omit<RecipeInput, 'backbone'>;
  const { out, device, threads } = options;
  const stop = onInterrupt(() => shell.say('stopping after this step; once more to stop at once'));
  try {
    await using runtime = await openRuntime({ device, threads });
    await using extractor = await openExtractor(settings, { runtime });
    const takes = await takesOf(unpacked, extractor, recipe);
    const taught = await teach(takes, zip.backbone, { runtime, recipe, signal: stop.signal }, (told) => {
      if (told.kind !== 'model') shell.report(told, sentence(told)); // its figures are still to come
    });
    await inHeldFolder(out, async () => {
      const file = await keepNetwork(unpacked, out);
      const backbone = { ...taught.config.backbone, ...(file !== undefined && { file }) };
      await writeModelFolder(out, { config: { ...taught.config, backbone }, tensors: taught.tensors });
    });
    const { figures, id } = taught;
    shell.printJson({ folder: out, model: id, figures });
    const { heldOut, leftOut } = figures;
    const share = (of: typeof heldOut): string =>
      of ? `${of.accuracy.toFixed(3)} on ${of.clips} takes (guessing ${of.chance.toFixed(3)})` : 'nothing';
    shell.print(`${out}: held-out accuracy ${share(heldOut)}; of takes that were kept out ${share(leftOut)}`);
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    shell.say('interrupted; nothing was written, the same command starts anew');
    return interrupted;
  } finally {
    stop.end();
  }
}

/** The takes with what the backbone makes of them. */
async function takesOf(
  { zip, data }: UnpackedZip,
  extractor: FeatureExtractor,
  recipe: Omit<RecipeInput, 'backbone'>,
): Promise<TeachTake[]> {
  const { takeFeatures } = await import('../teach/index.js');
  const { readClip } = await import('../video/index.js');
  const { parseRecipe } = await import('../train/index.js');
  const { frames, sampling } = parseRecipe({ ...recipe, backbone: { kind: extractor.kind } });
  const { size, resize } = extractor.preprocessing;
  const takes: TeachTake[] = [];
  for (const { id, label, group, isHeldOut, marks } of zip.takes) {
    const clip = await readClip(join(data, label, id), { frames, sampling, size, resize });
    const features = await takeFeatures(extractor, { dtype: 'uint8', shape: clip.shape, data: clip.frames });
    const { width, height } = clip.info;
    const facts = { id, label, group, isHeldOut, marks };
    takes.push({ ...facts, features, times: [...clip.times], picture: { width, height } });
  }
  return takes;
}

/** Puts the network of the zip beside the model; where it lies then. */
async function keepNetwork({ zip }: UnpackedZip, out: string): Promise<string | undefined> {
  if (!zip.network) return undefined;
  const { ownBackboneFile } = await import('../savedModel/ownBackbone.js');
  const isOwn = zip.backbone.settings.precision === 'int8';
  const file = resolve(join(out, isOwn ? ownBackboneFile : 'backbone.onnx'));
  await writeAtomically(file, zip.network);
  return file;
}

function sentence(told: TeachProgress): string | undefined {
  if (told.kind === 'note') return told.text;
  if (told.kind === 'step' || told.kind === 'model') return undefined;
  const { row, epochs, chance } = told;
  const held = row.validation ? `, held-out accuracy ${row.validation.accuracy.toFixed(3)}` : '';
  const loss = row.losses.total === undefined ? 'the start' : `loss ${row.losses.total.toFixed(4)}`;
  return `epoch ${row.epoch}/${epochs}: ${loss}${held} (guessing ${chance.toFixed(3)})`;
}
