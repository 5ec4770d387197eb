// Many trainings on the same stored features, one choice changed at a time: which choices matter, and by how much.
// Every row is kept in a file of its own, so that a run that was stopped goes on with the next row.
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BackboneSettings } from '../../backbone/index.js';
import { inHeldFolder } from '../../lock.js';
import { listDataset, type ClipEntry, type GroupRule, type Dataset } from '../../dataset/index.js';
import { splitValidation } from '../../dataset/validationSplit.js';
import { truthFinder } from '../../evaluate/scoreModel.js';
import { writeAtomically } from '../../atomicFile.js';
import type { StoredClip } from '../../store/index.js';
import { FlowStore } from '../../store/motion/storedFlow.js';
import { missingError, WhereWhenError } from '../../errors.js';
import type { Truth } from '../../truth.js';
import { type FormName, formSizes } from '../../model/index.js';
import { openRuntime, type RuntimeOptions } from '../../runtime/index.js';
import { extractFeatures, type Extracted } from '../../train/data/frozen.js';
import { parseRecipe, train, type RecipeInput, type TrainEvent } from '../../train/index.js';
import {
  variantNames,
  variantOf,
  withVariant,
  type VariantGroup,
  type VariantName,
} from '../../train/recipe/variants.js';
import { measureRow, type RowMeasures } from './measureRow.js';
import { dealt, hashOf, inTurn, type Part } from '../../scale/index.js';

/** What to compare, on which clips, and how large. */
export interface AblationOptions extends RuntimeOptions {
  data: string;
  out: string;
  group?: GroupRule;
  truth?: Truth;
  groups: readonly VariantGroup[];
  /** The form whose parts and losses are varied. */
  form: FormName;
  seeds: number;
  epochs: number;
  frames: number;
  /** Hidden channels of the ConvLSTM; the mask network has as many and half as many. */
  hidden: number;
  /** Share of the clips that every row is judged on; no row and no backbone learns from them. */
  test: number;
  /** A frozen backbone; by default a small one is trained first, with joint attention, on the training side. */
  backbone?: BackboneSettings;
  backboneEpochs: number;
  /** Only these rows are trained, beside processes that train the others in the same folder. */
  part?: Part;
  /** No row is trained: all must be there. */
  isGather?: boolean;
  signal?: AbortSignal;
  onRow?: (row: { name: string; seed: number; done: number; total: number; reused: number }) => void;
  onEvent?: (event: TrainEvent) => void;
}

/** One row by one seed, as its file keeps it. */
export interface RowRun {
  version: 1;
  name: RowName;
  seed: number;
  /** Hash of recipe and clips: another one is another row. */
  key: string;
  /** Why there are no figures: a loss that was not finite. */
  failure: string | null;
  clips: RowMeasures[];
  scoreMoved: number | null;
  parameters: number;
  seconds: number;
}

/** `full` is the form as it is; the others are variants of it. */
export type RowName = 'full' | VariantName;

/** All runs of an ablation; `null` where it was interrupted. */
export interface Ablation {
  options: Pick<
    AblationOptions,
    'data' | 'groups' | 'form' | 'seeds' | 'epochs' | 'frames' | 'hidden' | 'test'
  >;
  backbone: string;
  clips: { train: number; test: number };
  classes: readonly string[];
  rows: { name: RowName; runs: RowRun[] }[];
  /** `part`: the rows of a part are done, and of the others `missing` are not. */
  status: 'done' | 'interrupted' | 'part';
  missing?: number;
}

/** Trains and measures every row that is not there yet. Throws what training throws, but for losses that are not finite. */
export function ablate(options: AblationOptions): Promise<Ablation> {
  if (options.part || options.isGather) return ablateRows(options);
  return inHeldFolder(options.out, () => ablateRows(options));
}

async function ablateRows(options: AblationOptions): Promise<Ablation> {
  const { data, out, group, truth, seeds, test, signal, onRow } = options;
  const dataset = await listDataset(data, { group, minimumClasses: 2 });
  const sides = splitValidation(dataset.clips, { share: test, seed: 0 });
  const leaveOut = [...new Set(sides.validation.map((clip) => clip.group))];
  const prepare = () => prepareRows(dataset, leaveOut, options);
  const prepared = await (options.part || options.isGather ? inTurn(out, prepare) : prepare());
  const result: Ablation = {
    options: pick(options),
    backbone: options.backbone ? options.backbone.kind : 'small, trained here',
    clips: { train: sides.train.length, test: sides.validation.length },
    classes: dataset.classes,
    rows: [],
    status: 'interrupted',
  };
  if (!prepared) return result;
  const { base, extracted } = prepared;
  const names = rowNames(options.groups, base);
  const planned = Array.from({ length: seeds }, (_, seed) => seed).flatMap((seed) =>
    names.map((name): PlannedRow => {
      const recipe = { ...(name === 'full' ? base : withVariant(base, name)), seed };
      return { name, seed, recipe, key: keyOf(recipe, extracted, leaveOut, truth) };
    }),
  );
  const left = new Set(leaveOut);
  const judged = extracted.prepared.clips.filter((clip) => left.has(clip.group));
  const find = truthFinder(truth, dataset);
  await using runtime = await openRuntime({ device: options.device, threads: options.threads });
  await using flows = new FlowStore(join(out, 'features'));
  const known = { runtime, store: extracted.store, clips: judged, truthOf: find, flows };
  const runs = new Map<PlannedRow, RowRun>();
  let reused = 0;
  const own = ownRows(planned, options);
  for (const row of own) {
    const kept = await readRow(out, row);
    const run =
      kept ??
      (await runRow({ ...options, ...row, leaveOut }, (folder) => measureRow(folder, row.seed, known)));
    if (!run || signal?.aborted) return result;
    runs.set(row, run);
    if (kept) reused++;
    onRow?.({ name: row.name, seed: row.seed, done: runs.size, total: own.length, reused });
  }
  for (const row of planned) {
    const run = runs.get(row) ?? (await readRow(out, row));
    if (run) runs.set(row, run);
  }
  const missing = planned.length - runs.size;
  if (missing > 0) return unfinished(result, missing, options);
  result.rows = names.map((name) => ({
    name,
    runs: planned.filter((row) => row.name === name).map((row) => runs.get(row)!),
  }));
  return { ...result, status: 'done' };
}

/** How many trainings an ablation is: rows by seeds. */
export function countRows(options: AblationOptions): number {
  const backbone = options.backbone ?? { kind: 'model', file: join(options.out, 'backbone') };
  return options.seeds * rowNames(options.groups, baseRecipe(options, backbone)).length;
}

/** One row by one seed, as it is to be trained. */
interface PlannedRow {
  name: RowName;
  seed: number;
  recipe: RecipeInput;
  key: string;
}

/** The rows that this process trains. */
function ownRows(
  planned: readonly PlannedRow[],
  { part, isGather }: Pick<AblationOptions, 'part' | 'isGather'>,
): readonly PlannedRow[] {
  if (isGather) return [];
  if (!part) return planned;
  const keys = planned.map(({ name, seed, key }) => hashOf(name, String(seed), key));
  return dealt(keys, part).map((place) => planned[place]!);
}

/** Of a part; of all parts it is an error. */
function unfinished(result: Ablation, missing: number, { out, isGather }: AblationOptions): Ablation {
  if (!isGather) return { ...result, status: 'part', missing };
  throw missingError(
    out,
    'the rows of all parts',
    `${missing} of them missing`,
    'let every part end, and start again those that failed: what they had made stays',
  );
}

/** The backbone and the features of all clips; undefined where it was interrupted. */
async function prepareRows(
  dataset: Dataset,
  leaveOut: readonly string[],
  options: AblationOptions,
): Promise<{ base: RecipeInput; extracted: Extracted } | undefined> {
  const backbone = options.backbone ?? (await trainBackbone(options, leaveOut));
  if (!backbone) return undefined;
  const base = baseRecipe(options, backbone);
  return { base, extracted: await features(dataset, base, options) };
}

function pick({
  data,
  groups,
  form,
  seeds,
  epochs,
  frames,
  hidden,
  test,
}: AblationOptions): Ablation['options'] {
  return { data, groups, form, seeds, epochs, frames, hidden, test };
}

/** The rows of the asked questions; a variant that is the full model itself is none. */
function rowNames(groups: readonly VariantGroup[], base: RecipeInput): RowName[] {
  const full = JSON.stringify(parseRecipe(base));
  const isAsked = (name: VariantName): boolean => {
    const { group, also = [] } = variantOf(name);
    return [group, ...also].some((one) => groups.includes(one));
  };
  const isOther = (name: VariantName): boolean =>
    JSON.stringify(parseRecipe(withVariant(base, name))) !== full;
  return ['full', ...variantNames.filter((name) => isAsked(name) && isOther(name))];
}

/** A small network with joint attention, on the training side alone; undefined where it was interrupted. */
async function trainBackbone(
  { data, out, group, frames, backboneEpochs, signal, onEvent, device, threads }: AblationOptions,
  leaveOut: readonly string[],
): Promise<BackboneSettings | undefined> {
  const folder = join(out, 'backbone');
  const recipe: RecipeInput = {
    frames,
    epochs: backboneEpochs,
    backbone: { kind: 'small', widths: [16, 32, 32], strides: [4, 2, 2] },
    attention: { form: 'joint', hidden: 32, scoreWidth: 32, contextFrames: 3 },
  };
  const { status } = await train({
    ...{ data, out: folder, group, recipe, leaveOut, signal, onEvent, device, threads },
    resume: true,
  });
  return status === 'done' ? { kind: 'model', file: folder } : undefined;
}

/** The recipe of the row `full`: the form in its usual training on stored features, without a mean pool beside it. */
function baseRecipe(
  { form, epochs, frames, hidden }: AblationOptions,
  backbone: BackboneSettings,
): RecipeInput {
  const preset = formSizes(form, { onFeatures: true });
  const mask = [hidden, Math.max(1, Math.round(hidden / 2))];
  const sizes: Record<string, unknown> = {
    ...('maskChannels' in preset && { hidden, maskChannels: mask }),
    ...('startChannels' in preset && { startChannels: hidden }),
    ...('maskChannels' in preset && 'scoreWidth' in preset && { scoreWidth: hidden }),
  };
  const unprojected = 'projection' in preset ? { projection: undefined } : {};
  const attention = { ...preset, ...sizes, ...unprojected } as RecipeInput['attention'];
  const common = { frames, backbone, attention, meanPool: false, patience: 0 };
  // the regression is all of the form, and needs no clips that choose an epoch; who does what is no question here
  if (form === 'actor') return { ...common, epochs: 0, validation: 0, refit: false, actors: { mosaics: 0 } };
  return { ...common, epochs };
}

async function features(
  { clips }: Dataset,
  base: RecipeInput,
  { out, signal, threads, onEvent }: AblationOptions,
): Promise<Extracted> {
  const recipe = parseRecipe(base);
  return extractFeatures(clips, {
    ...{ cache: join(out, 'features'), recipe, stored: recipe.frames, threads, signal },
    onProgress: (progress) => onEvent?.({ kind: 'prepare', ...progress }),
  });
}

interface RowWork extends AblationOptions {
  recipe: RecipeInput;
  name: RowName;
  key: string;
  leaveOut: readonly string[];
}

/** Trains one row and measures it; undefined where it was interrupted. */
async function runRow(
  { data, out, group, recipe, name, key, leaveOut, signal, device, threads, onEvent }: RowWork,
  measure: (folder: string) => Promise<{ clips: RowMeasures[]; scoreMoved: number | null }>,
): Promise<RowRun | undefined> {
  const seed = recipe.seed!;
  const folder = join(out, 'rows', `${name}-${seed}`);
  const common = { version: 1 as const, name, seed, key };
  try {
    const { status, parameters, seconds } = await train({
      ...{ data, out: folder, group, recipe, leaveOut, signal, device, threads, onEvent },
      ...{ cache: join(out, 'features'), overwrite: true },
    });
    if (status === 'interrupted') return undefined;
    const run: RowRun = { ...common, failure: null, ...(await measure(folder)), parameters, seconds };
    await writeRow(out, run);
    await rm(join(folder, 'checkpoint.safetensors'), { force: true }); // as large as the model, three times over
    return run;
  } catch (error) {
    if (!isDiverged(error)) throw error;
    const empty = { clips: [], scoreMoved: null, parameters: 0, seconds: 0 };
    const run: RowRun = { ...common, failure: `no finite loss: ${error.received ?? ''}`, ...empty };
    await writeRow(out, run);
    return run;
  }
}

function isDiverged(error: unknown): error is WhereWhenError {
  return error instanceof WhereWhenError && error.expected === 'a finite loss';
}

function rowFile(out: string, name: string, seed: number): string {
  return join(out, 'results', `${name}-${seed}.json`);
}

async function writeRow(out: string, run: RowRun): Promise<void> {
  await writeAtomically(rowFile(out, run.name, run.seed), `${JSON.stringify(run)}\n`);
}

async function readRow(out: string, { name, seed, key }: PlannedRow): Promise<RowRun | undefined> {
  const text = await readFile(rowFile(out, name, seed), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    const run = JSON.parse(text) as RowRun | null;
    return run?.version === 1 && run.key === key && Array.isArray(run.clips) ? run : undefined;
  } catch {
    return undefined; // no row: it is made again
  }
}

function keyOf(
  recipe: RecipeInput,
  { prepared, frozen }: Extracted,
  leaveOut: readonly string[],
  truth: Truth | undefined,
): string {
  const clips = prepared.clips.map(({ name, key }: StoredClip & ClipEntry) => `${name} ${key}`);
  const { backbone, ...choices } = parseRecipe(recipe);
  const facts = {
    recipe: { ...choices, backbone: { ...backbone, file: null } }, // its weights tell it, wherever it lies
    weights: frozen.backbone.weightsHash,
    clips,
    leaveOut,
    hasTruth: !!truth,
  };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 20);
}
