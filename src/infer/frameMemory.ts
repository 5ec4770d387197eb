// A frame that was looked at is not looked at again: windows of a long video reach half into each other, and a still camera
// gives frames that are equal to the last bit once they are scaled. Frames are equal where all their bytes are; a fingerprint
// only says which of them are worth comparing.
import { float32, sizeOf, type Tensor } from '../tensor.js';

/** Features `[B,...]` of frames uint8 `[B,H,W,3]`: one tensor, or one a scale. */
export type LookAtFrames = (frames: Tensor) => Promise<readonly Tensor[]>;

/** A frame, and what the network made of it. */
interface KnownFrame {
  print: number;
  bytes: Uint8Array;
  /** One row `[1,...]` for each tensor of features. */
  rows: readonly Tensor[];
}

/** Looks at each frame once, as long as it is among those of the last call or of this one. */
export class FrameMemory {
  readonly #look: LookAtFrames;
  #known: readonly KnownFrame[] = [];

  constructor(look: LookAtFrames) {
    this.#look = look;
  }

  /** As the network gives them, for all frames in order; only those that are new go through it, each once. */
  async features(frames: Tensor): Promise<readonly Tensor[]> {
    const { features, found } = await lookedAt(frames, this.#look, this.#known);
    const before = new Set(this.#known);
    // Bytes of new frames are copied: what a clip was read into may be written over.
    this.#known = [...new Set(found)].map((one) =>
      before.has(one) ? one : { ...one, bytes: one.bytes.slice() },
    );
    return features;
  }
}

/** Features of all frames in order, where equal ones are looked at once; nothing is kept for another call. */
export async function featuresOfFrames(frames: Tensor, look: LookAtFrames): Promise<readonly Tensor[]> {
  return (await lookedAt(frames, look, [])).features;
}

async function lookedAt(
  frames: Tensor,
  look: LookAtFrames,
  before: readonly KnownFrame[],
): Promise<{ features: readonly Tensor[]; found: readonly KnownFrame[] }> {
  const found: KnownFrame[] = [];
  const fresh: KnownFrame[] = [];
  for (const bytes of framesOf(frames)) {
    const print = fingerprint(bytes);
    const known = same(before, print, bytes) ?? same(fresh, print, bytes);
    if (!known) fresh.push({ print, bytes, rows: [] });
    found.push(known ?? fresh.at(-1)!);
  }
  const computed = fresh.length > 0 ? await look(together(fresh, frames)) : [];
  fresh.forEach((one, i) => (one.rows = computed.map((tensor) => rowOf(tensor, i))));
  return { features: fresh.length === found.length ? computed : assembled(found), found };
}

function framesOf({ data, shape }: Tensor): Uint8Array[] {
  const count = shape[0]!;
  const each = data.length / count;
  return Array.from({ length: count }, (_, i) => (data as Uint8Array).subarray(i * each, (i + 1) * each));
}

/** FNV-1a of every 16th byte. */
function fingerprint(bytes: Uint8Array): number {
  let print = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i += 16) print = Math.imul(print ^ bytes[i]!, 0x01000193);
  return print;
}

function same(known: readonly KnownFrame[], print: number, bytes: Uint8Array): KnownFrame | undefined {
  return known.find((one) => one.print === print && isEqual(one.bytes, bytes));
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** New frames as one tensor; all of them as they came where none is known. */
function together(fresh: readonly KnownFrame[], frames: Tensor): Tensor {
  if (fresh.length === frames.shape[0]) return frames;
  const each = fresh[0]!.bytes.length;
  const data = new Uint8Array(fresh.length * each);
  fresh.forEach(({ bytes }, i) => data.set(bytes, i * each));
  return { dtype: 'uint8', shape: [fresh.length, ...frames.shape.slice(1)], data };
}

function rowOf({ data, shape }: Tensor, i: number): Tensor {
  const [, ...rest] = shape;
  const each = sizeOf(rest);
  return float32((data as Float32Array).subarray(i * each, (i + 1) * each), [1, ...rest]);
}

function assembled(frames: readonly KnownFrame[]): Tensor[] {
  return frames[0]!.rows.map(({ shape, data: first }, part) => {
    const data = new Float32Array(frames.length * first.length);
    frames.forEach(({ rows }, i) => data.set(rows[part]!.data as Float32Array, i * first.length));
    return float32(data, [frames.length, ...shape.slice(1)]);
  });
}
