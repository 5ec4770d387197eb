// An ONNX file cut where its features are: at outputs of its own, at any tensor inside it, or at two that it tells itself.
// Whatever the engine has to run then is made in memory; where nothing has to be changed it is the file.
import { WhereWhenError } from '../../errors.js';
import type { Program, Runtime } from '../../runtime/index.js';
import { candidatesOf, chooseTwo, gridLike } from './candidates.js';
import { isReal } from './input.js';
import { cutHint, listed, wrong } from './refusal.js';
import { load, type OnnxSource } from './source.js';
import { trial, type SeenGrid } from './trial.js';

/** The word for two scales that are chosen by the file itself. */
export const autoOutputs = 'auto';

/** A network that ends in the grids that are asked for. */
export interface Cut {
  program: Program;
  grids: SeenGrid[];
  /** Of its outputs, one a grid. */
  names: string[];
  /** The file that it was made of. */
  model: () => Promise<Uint8Array>;
  notes?: string[];
}

/** Where it is cut. */
export interface CutOptions {
  source: OnnxSource;
  runtime: Runtime;
  /** Names of tensors; `auto` for those that the file itself tells; its first grid where nothing is asked. */
  asked: string[] | typeof autoOutputs | undefined;
  /** Frames of a trial run. */
  batch: number;
  /** Tokens before those of patches, where somebody said it. */
  prefix?: number;
}

/** The network up to the grids that are asked for. `whole`, the file as it is, is released where another takes its place. */
export async function cutNetwork(whole: Program, options: CutOptions): Promise<Cut> {
  const { asked, source } = options;
  if (asked === undefined) return firstGrid(whole, options);
  if (asked !== autoOutputs) return cutAt(whole, asked, options);
  const own = gridLike(whole.outputs);
  const chosen = chooseTwo(candidatesOf(await source.facts(), own), own);
  if (chosen.length === 0) return firstGrid(whole, options);
  try {
    const names = chosen.map(({ name }) => name);
    return await cutAt(whole, names, options);
  } catch (error) {
    if (!isFormat(error)) throw error; // what the graph tells is not what the network gives
    const cut = await firstGrid(await load(source.file, options.runtime), options);
    return { ...cut, notes: [`${cut.grids[0]!.name} alone is taken: ${error.message}`] };
  }
}

/** The first output that is a grid, of four axes before any of tokens. Throws `format` where there is none. */
async function firstGrid(whole: Program, options: CutOptions): Promise<Cut> {
  const { file } = options.source;
  const fitting = gridLike(whole.outputs);
  const own = [4, 3]
    .map((axes) => fitting.filter(({ shape }) => shape.length === axes))
    .find(({ length }) => length > 0);
  if (!own) throw wrong(file, 'an output float32 [n,channels,height,width]', listed(whole.outputs), cutHint);
  const names = own.map(({ name }) => name);
  return firstOf(whole, names, options);
}

async function firstOf(program: Program, names: readonly string[], options: CutOptions): Promise<Cut> {
  const [name, ...others] = names;
  try {
    return await cutAt(program, [name!], options);
  } catch (error) {
    if (!isFormat(error) || others.length === 0) throw error;
    return firstOf(await load(options.source.file, options.runtime), others, options);
  }
}

function isFormat(error: unknown): error is WhereWhenError {
  return error instanceof WhereWhenError && error.code === 'format';
}

async function cutAt(whole: Program, asked: readonly string[], options: CutOptions): Promise<Cut> {
  const { source, runtime, batch, prefix } = options;
  const { file, frames } = source;
  const isWhole = await requireOutputs(asked, whole, source);
  let program = whole;
  let model: Cut['model'] = () => source.bytes();
  let names = [...asked];
  const reopen = async (wanted: Parameters<OnnxSource['edited']>[0]): Promise<void> => {
    await program.release();
    const edited = await source.edited(wanted);
    names = edited.names;
    model = async () => (await source.edited(wanted)).model;
    program = await load(file, runtime, edited.model);
  };
  try {
    if (!isWhole || frames.isHalf) await reopen(asked.map((name) => ({ name })));
    const places = async () => (await source.facts()).places;
    const grids = await trial(program, names, { file, size: frames.size, batch, prefix, places });
    if (grids.some(({ patches, isHalf }) => patches || isHalf)) await reopen(grids);
    return { program, grids, names, model };
  } catch (error) {
    await program.release();
    throw error;
  }
}

/** Whether all are outputs of the file itself. Throws `format` for those that are nowhere in it, or can be no grids. */
async function requireOutputs(
  asked: readonly string[],
  { outputs }: Program,
  source: OnnxSource,
): Promise<boolean> {
  const { file } = source;
  const own = asked.flatMap((name) => outputs.find((one) => one.name === name) ?? []);
  for (const output of own) {
    const { name, dtype, shape } = output;
    if (isReal(dtype) && (shape.length === 4 || shape.length === 3)) continue;
    throw wrong(file, `output ${name} as float32 [n,channels,height,width]`, listed([output]), cutHint);
  }
  if (own.length === asked.length) return true;
  const inner = await source.tensorNames();
  const lost = asked.find((name) => !inner.has(name));
  if (lost === undefined) return false;
  const hint = '`wherewhen backbone info FILE` lists tensors inside that may be taken';
  throw wrong(file, `an output called ${lost}`, listed(outputs), hint);
}
