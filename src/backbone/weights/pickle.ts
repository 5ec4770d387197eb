// A strict reader of Python pickles. A pickle is a program, and a pickle of weights needs only the part of it that makes
// plain containers. What names another global than those that the caller knows stays an object that nobody looks into: it may
// lie beside the weights, as the arguments of a training do, and nothing is ever run.
import { formatError, WhereWhenError } from '../../errors.js';
import { shown } from './limits.js';

/** What a pickle can hold here. Dictionaries are maps, so that no key can touch a prototype. */
export type PickleValue =
  null | boolean | number | string | Uint8Array | PickleValue[] | Map<PickleValue, PickleValue> | object;

/** An object of Python that is none of ours: only its name is known. */
export class Opaque {
  constructor(readonly name: string) {}
}

/** The few things outside plain data that a pickle may name. */
export interface PickleWorld {
  /** The value of `module.name`; undefined where it stays opaque. */
  global(name: string): object | undefined;
  /** Calls what `global` gave. */
  reduce(callable: object, args: PickleValue[]): PickleValue;
  /** What a persistent id stands for. */
  persistent(id: PickleValue): PickleValue;
}

/** Bytes of an integer; more digits say nothing of weights, and reading them takes the square of their number. */
const longest = 1024;

const mark = Symbol('mark');
type StackSlot = PickleValue | typeof mark;

/** Reads one pickle from the front of `bytes`; `end` is where it stops. Throws `format` errors that name `path`. */
export function readPickle(
  bytes: Uint8Array,
  world: PickleWorld,
  path: string,
): { value: PickleValue; end: number } {
  return new Unpickler(bytes, world, path).run();
}

class Unpickler {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #world: PickleWorld;
  readonly #path: string;
  readonly #stack: StackSlot[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;

  constructor(bytes: Uint8Array, world: PickleWorld, path: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#world = world;
    this.#path = path;
  }

  run(): { value: PickleValue; end: number } {
    for (;;) {
      const code = this.#byte();
      if (code === 0x2e) return { value: this.#pop(), end: this.#at }; // STOP
      const step = steps[code];
      if (!step)
        throw this.wrong('an opcode of plain data', `0x${code.toString(16)} at byte ${this.#at - 1}`);
      step(this);
    }
  }

  /** The next `length` bytes. */
  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) {
      throw this.wrong('a whole pickle', `one cut after ${this.#bytes.length} bytes`);
    }
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  unsigned(size: 1 | 2 | 4): number {
    const at = this.#at;
    this.take(size);
    if (size === 1) return this.#view.getUint8(at);
    return size === 2 ? this.#view.getUint16(at, true) : this.#view.getUint32(at, true);
  }

  /** Eight bytes, as a length. */
  long(): number {
    const at = this.#at;
    this.take(8);
    return Number(this.#view.getBigUint64(at, true));
  }

  signed(): number {
    return this.unsigned(4) | 0;
  }

  float(): number {
    const at = this.#at;
    this.take(8);
    return this.#view.getFloat64(at, false);
  }

  /** A little-endian integer of any length, in two's complement. */
  integer(length: number): number {
    if (length > longest) throw this.wrong(`an integer of at most ${longest} bytes`, `one of ${length}`);
    let value = 0n;
    const bytes = this.take(length);
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
    return Number(BigInt.asIntN(Math.max(1, length * 8), value));
  }

  text(length: number): string {
    return new TextDecoder().decode(this.take(length));
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    const text = this.text((end < 0 ? this.#bytes.length : end) - this.#at);
    this.take(1);
    return text;
  }

  push(value: StackSlot): void {
    this.#stack.push(value);
  }

  pop(): PickleValue {
    return this.#pop();
  }

  top(): PickleValue {
    const value = this.#pop();
    this.push(value);
    return value;
  }

  /** Everything above the last mark. */
  popMarked(): PickleValue[] {
    const at = this.#stack.lastIndexOf(mark);
    if (at < 0) throw this.wrong('a mark on the stack', 'none');
    const values = this.#stack.splice(at).slice(1);
    return values as PickleValue[];
  }

  remember(key = this.#memo.size): void {
    this.#memo.set(key, this.top());
  }

  recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw this.wrong('a reference to something read before', `number ${key}`);
    this.push(value);
  }

  global(name: string): void {
    this.push(this.#world.global(name) ?? new Opaque(name));
  }

  reduce(): void {
    const args = this.#pop();
    const callable = this.#pop();
    if (!Array.isArray(args) || typeof callable !== 'object' || callable === null) {
      throw this.wrong('a call with a tuple', shown(args));
    }
    this.push(callable instanceof Opaque ? new Opaque(callable.name) : this.#world.reduce(callable, args));
  }

  persistent(): void {
    this.push(this.#world.persistent(this.#pop()));
  }

  setItems(items: PickleValue[]): void {
    const target = this.top();
    if (target instanceof Opaque) return;
    if (!(target instanceof Map)) throw this.wrong('a dictionary to put items into', shown(target));
    if (items.length % 2 !== 0) throw this.wrong('keys with values', `${items.length} things`);
    for (let i = 0; i < items.length; i += 2) target.set(items[i]!, items[i + 1]!);
  }

  append(items: PickleValue[]): void {
    const target = this.top();
    if (target instanceof Opaque) return;
    if (!Array.isArray(target)) throw this.wrong('a list to append to', shown(target));
    for (const item of items) target.push(item);
  }

  /** Puts things into a set, in any order. */
  addItems(items: PickleValue[]): void {
    const target = this.top();
    if (target instanceof Opaque) return;
    if (!(target instanceof Set)) throw this.wrong('a set to add to', shown(target));
    for (const item of items) target.add(item);
  }

  /** Attributes of a container (an OrderedDict of PyTorch carries `_metadata`) are of no use here. */
  build(): void {
    this.#pop();
    const target = this.top();
    if (!(target instanceof Map || target instanceof Opaque))
      throw this.wrong('attributes of a dictionary', shown(target));
  }

  wrong(expected: string, received: string): WhereWhenError {
    return formatError(this.#path, expected, received);
  }

  #byte(): number {
    return this.unsigned(1);
  }

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === mark) throw this.wrong('a value on the stack', 'none');
    return value;
  }
}

type Opcode = (machine: Unpickler) => void;

const tuple =
  (length: number): Opcode =>
  (m) => {
    const items = Array.from({ length }, () => m.pop());
    m.push(items.reverse());
  };

/** Opcodes of protocols 2 to 5 that data without code needs (Python's pickletools names them). */
const steps: Readonly<Record<number, Opcode>> = {
  0x80: (m) => void m.take(1), // PROTO
  0x95: (m) => void m.take(8), // FRAME
  0x28: (m) => m.push(mark), // MARK
  0x4e: (m) => m.push(null), // NONE
  0x88: (m) => m.push(true), // NEWTRUE
  0x89: (m) => m.push(false), // NEWFALSE
  0x4a: (m) => m.push(m.signed()), // BININT
  0x4b: (m) => m.push(m.unsigned(1)), // BININT1
  0x4d: (m) => m.push(m.unsigned(2)), // BININT2
  0x8a: (m) => m.push(m.integer(m.unsigned(1))), // LONG1
  0x8b: (m) => m.push(m.integer(m.signed())), // LONG4
  0x47: (m) => m.push(m.float()), // BINFLOAT
  0x58: (m) => m.push(m.text(m.unsigned(4))), // BINUNICODE
  0x8c: (m) => m.push(m.text(m.unsigned(1))), // SHORT_BINUNICODE
  0x8d: (m) => m.push(m.text(m.long())), // BINUNICODE8
  0x54: (m) => m.push(m.text(m.unsigned(4))), // BINSTRING
  0x55: (m) => m.push(m.text(m.unsigned(1))), // SHORT_BINSTRING
  0x42: (m) => m.push(m.take(m.unsigned(4))), // BINBYTES
  0x43: (m) => m.push(m.take(m.unsigned(1))), // SHORT_BINBYTES
  0x8e: (m) => m.push(m.take(m.long())), // BINBYTES8
  0x96: (m) => m.push(m.take(m.long())), // BYTEARRAY8
  0x29: (m) => m.push([]), // EMPTY_TUPLE
  0x74: (m) => m.push(m.popMarked()), // TUPLE
  0x85: tuple(1),
  0x86: tuple(2),
  0x87: tuple(3),
  0x5d: (m) => m.push([]), // EMPTY_LIST
  0x61: (m) => {
    const item = m.pop();
    m.append([item]); // APPEND
  },
  0x65: (m) => m.append(m.popMarked()), // APPENDS
  0x7d: (m) => m.push(new Map()), // EMPTY_DICT
  0x73: (m) => {
    const value = m.pop();
    const key = m.pop();
    m.setItems([key, value]); // SETITEM
  },
  0x75: (m) => m.setItems(m.popMarked()), // SETITEMS
  0x8f: (m) => m.push(new Set()), // EMPTY_SET
  0x90: (m) => m.addItems(m.popMarked()), // ADDITEMS
  0x91: (m) => m.push(new Set(m.popMarked())), // FROZENSET
  0x71: (m) => m.remember(m.unsigned(1)), // BINPUT
  0x72: (m) => m.remember(m.unsigned(4)), // LONG_BINPUT
  0x94: (m) => m.remember(), // MEMOIZE
  0x68: (m) => m.recall(m.unsigned(1)), // BINGET
  0x6a: (m) => m.recall(m.unsigned(4)), // LONG_BINGET
  0x30: (m) => void m.pop(), // POP
  0x31: (m) => void m.popMarked(), // POP_MARK
  0x32: (m) => m.push(m.top()), // DUP
  0x63: (m) => {
    const module = m.line();
    m.global(`${module}.${m.line()}`); // GLOBAL
  },
  0x93: (m) => {
    const [name, module] = [m.pop(), m.pop()];
    if (typeof name !== 'string' || typeof module !== 'string')
      throw m.wrong('a name by its module', `${shown(module)} and ${shown(name)}`);
    m.global(`${module}.${name}`); // STACK_GLOBAL
  },
  0x52: (m) => m.reduce(), // REDUCE
  0x81: (m) => m.reduce(), // NEWOBJ: a class and its arguments
  0x92: (m) => {
    m.pop(); // NEWOBJ_EX: named arguments, of which only opaque objects have any
    m.reduce();
  },
  0x62: (m) => m.build(), // BUILD
  0x51: (m) => m.persistent(), // BINPERSID
};
