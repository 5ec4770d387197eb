// Changes to good inputs: bytes of any file, places of JSON, headers of safetensors files with their length set right again.
import type { Random } from '../../src/random.js';

/** JSON texts that take the place of a value. */
const VALUES = [
  ...['1e999', '-1e999', '-1', '0', '0.5', '1e300', '1e-300', '3', '65536', '4294967296', '9007199254740993'],
  ...['null', 'true', '""', '" "', '"x"', '"__proto__"', '"\\u0000"', '"../../x"', '[]', '{}', '[1]', '[[]]'],
  ...['[null]', '{"x":1}', '"9e9"', '[1,2,3,4]', '[1e999]'],
];

/** Four-byte numbers that lengths and offsets are broken by. */
const WORDS = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];

/** One to four changes: bits turned, bytes and words set, stretches taken out, doubled or moved, the end cut off. */
export function mutatedBytes(random: Random, bytes: Uint8Array): Uint8Array {
  let out = Uint8Array.from(bytes);
  for (let n = random.integer(1, 5); n > 0 && out.length > 4; n--) out = changedOnce(random, out);
  return out;
}

function changedOnce(random: Random, bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const from = random.integer(0, bytes.length - 3);
  const end = Math.min(bytes.length, from + random.integer(1, 65));
  const joined = (...parts: Uint8Array[]): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.concat(parts));
  switch (random.integer(0, 7)) {
    case 0:
      bytes[from]! ^= 1 << random.integer(0, 8);
      return bytes;
    case 1:
      bytes[from] = random.integer(0, 256);
      return bytes;
    case 2:
      new DataView(bytes.buffer).setUint32(from, random.pick(WORDS), random.uniform() < 0.5);
      return bytes;
    case 3:
      return joined(bytes.subarray(0, from), bytes.subarray(end));
    case 4:
      return joined(bytes.subarray(0, end), bytes.subarray(from));
    case 5:
      return bytes.copyWithin(random.integer(0, bytes.length), from, end);
    default:
      return random.uniform() < 0.5 ? bytes.slice(0, from) : bytes;
  }
}

/** `value` as JSON text with one to three of its places replaced, taken out or doubled. */
export function mutatedJson(random: Random, value: unknown): string {
  const copy = { root: structuredClone(value) as unknown };
  const marks = new Map<string, string>();
  for (let n = random.pick([1, 1, 1, 2, 3]); n > 0; n--) {
    const [parent, key] = random.pick(placesOf(copy));
    const kind = random.integer(0, 8);
    if (kind === 0 && parent !== copy) removed(parent, key);
    else if (kind === 1 && Array.isArray(parent)) parent.push(structuredClone(parent[Number(key)]));
    else {
      const mark = `\u0001${marks.size}\u0001`;
      marks.set(JSON.stringify(mark), random.pick(VALUES));
      parent[key] = mark;
    }
  }
  let text = JSON.stringify(copy.root);
  for (const [mark, put] of marks) text = text.replace(mark, () => put);
  return text;
}

type Parent = Record<string, unknown>;

/** Every value in `root` by what holds it. */
function placesOf(parent: object): [Parent, string][] {
  return Object.entries(parent).flatMap(([key, one]): [Parent, string][] => [
    [parent as Parent, key],
    ...(one !== null && typeof one === 'object' ? placesOf(one as object) : []),
  ]);
}

function removed(parent: Parent, key: string): void {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
}

/** A safetensors file whose header was changed as JSON, its length right again; or, as often, changed bytes. */
export function mutatedSafetensors(random: Random, bytes: Uint8Array): Uint8Array {
  if (random.uniform() < 0.5) return mutatedBytes(random, bytes);
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header: unknown = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString());
  const text = Buffer.from(mutatedJson(random, header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  return Uint8Array.from(Buffer.concat([size, text, bytes.subarray(8 + length)]));
}
