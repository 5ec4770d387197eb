// What a file could give, for people who choose: its candidates with the shapes that a run makes of them.
import type { Runtime } from '../../runtime/index.js';
import type { FrameSize } from '../backbone.js';
import { candidatesOf, chooseTwo, gridLike, type Candidate } from './candidates.js';
import { batchOf, chooseInput, sizeFor, takesBytes } from './input.js';
import { load, OnnxSource, requireFile } from './source.js';
import { trial } from './trial.js';

/** A tensor that may be taken as features. */
export interface ListedCandidate extends Candidate {
  /** Absent where the run gave something else than the graph tells. */
  channels?: number;
  /** Whether it is one of those that are taken where none is named. */
  isTaken: boolean;
}

/** Candidates of an ONNX file on frames of `size`, each tried. Throws `missing` and `format`. */
export async function listCandidates(
  file: string,
  { runtime, size: asked }: { runtime: Runtime; size?: FrameSize },
): Promise<ListedCandidate[]> {
  await requireFile(file);
  await using whole = await load(file, runtime);
  const input = chooseInput(file, whole, undefined);
  const size = sizeFor(file, input, asked);
  const source = new OnnxSource(file, {
    input: input.name,
    size,
    isHalf: input.dtype === 'float16',
    takesBytes: takesBytes(input),
  });
  const own = gridLike(whole.outputs);
  const candidates = candidatesOf(await source.facts(), own);
  const taken = chooseTwo(candidates, own);
  const batch = batchOf(file, input, size) ?? 1;
  const { model, names } = await source.edited(candidates.map(({ name }) => ({ name })));
  await using program = await load(file, runtime, model);
  const places = async () => (await source.facts()).places;
  const listed: ListedCandidate[] = [];
  for (const [i, candidate] of candidates.entries()) {
    const isTaken = taken.includes(candidate);
    const grid = await trial(program, [names[i]!], { file, size, batch, places }).catch(() => undefined);
    listed.push({ ...candidate, isTaken, ...(grid && { channels: grid[0]!.channels }) });
  }
  return listed;
}
