// Seeded randomness. Every random draw of the project comes from here, so that a run can be
// repeated bit by bit; the state is four words that a checkpoint stores.

/** The generator's whole state: four 32-bit words. */
export type RandomState = [number, number, number, number];

/** A small fast generator (sfc32, Chris Doty-Humphrey's PractRand) with the draws that this project needs. */
export class Random {
  #state: RandomState;

  private constructor(state: RandomState) {
    this.#state = [...state];
  }

  /** A generator for `seed` and any number of labels: other labels, other stream (`Random.from(7, 'synth', 'clip-3')`). */
  static from(seed: number, ...labels: (string | number)[]): Random {
    const random = new Random([hash(`${seed}`), hash(labels.join('/')), 0x9e3779b9, 1]);
    for (let i = 0; i < 15; i++) random.uint32(); // mixes the seed through all four words
    return random;
  }

  /** Continues from a stored state. */
  static restore(state: RandomState): Random {
    return new Random(state);
  }

  /** The state to store; `Random.restore(state)` draws what this one would. */
  get state(): RandomState {
    return [...this.#state];
  }

  /** A whole number in 0 .. 2^32 - 1. */
  uint32(): number {
    const s = this.#state;
    const out = (((s[0] + s[1]) | 0) + s[3]) | 0;
    s[3] = (s[3] + 1) | 0;
    s[0] = s[1] ^ (s[1] >>> 9);
    s[1] = (s[2] + (s[2] << 3)) | 0;
    s[2] = (((s[2] << 21) | (s[2] >>> 11)) + out) | 0;
    return out >>> 0;
  }

  /** A number in [from, to). */
  uniform(from = 0, to = 1): number {
    return from + (to - from) * (this.uint32() / 2 ** 32);
  }

  /** A whole number in from .. to - 1. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.uniform() * (to - from));
  }

  /** A standard normal number (Box and Muller, one of the pair). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** One of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length)]!;
  }

  /** A shuffled copy (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const out = [...items];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.integer(0, i + 1);
      [out[i], out[j]] = [out[j]!, out[i]!];
    }
    return out;
  }
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
