// What a pickle of PyTorch names: storages, the functions that put tensors over them, ordered dictionaries. Tensors are
// read once the whole pickle is, because older files hold the numbers behind it.
import { formatError, WhereWhenError } from '../../errors.js';
import { fromBfloat16 } from '../../model/safetensors.js';
import { sizeOf, type DType, type Tensor, type TensorArray } from '../../tensor.js';
import { mostAxes, shown } from './limits.js';
import type { PickleValue, PickleWorld } from './pickle.js';

interface StorageType {
  dtype: DType;
  bytes: number;
  read(buffer: ArrayBuffer): TensorArray;
}

/** Storages by the name of their class in PyTorch. */
const storageTypes: Readonly<Record<string, StorageType>> = {
  FloatStorage: { dtype: 'float32', bytes: 4, read: (buffer) => new Float32Array(buffer) },
  DoubleStorage: { dtype: 'float64', bytes: 8, read: (buffer) => new Float64Array(buffer) },
  HalfStorage: { dtype: 'float16', bytes: 2, read: (buffer) => new Uint16Array(buffer) },
  BFloat16Storage: { dtype: 'float32', bytes: 2, read: (buffer) => fromBfloat16(new Uint16Array(buffer)) },
  LongStorage: { dtype: 'int64', bytes: 8, read: (buffer) => new BigInt64Array(buffer) },
  IntStorage: { dtype: 'int32', bytes: 4, read: (buffer) => new Int32Array(buffer) },
  ByteStorage: { dtype: 'uint8', bytes: 1, read: (buffer) => new Uint8Array(buffer) },
  BoolStorage: { dtype: 'bool', bytes: 1, read: (buffer) => new Uint8Array(buffer) },
};

class StorageClass {
  constructor(readonly type: StorageType) {}
}

/** Numbers of a file that several tensors may share. */
export class Storage {
  constructor(
    readonly key: string,
    readonly type: StorageType,
    /** Number of elements. */
    readonly length: number,
  ) {}

  /** Bytes that the file holds for it. */
  get byteLength(): number {
    return this.length * this.type.bytes;
  }
}

/** A tensor over a storage, before its numbers are read. */
export class TensorView {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}

  /** Bytes of its numbers, in rows one after the other. */
  get byteLength(): number {
    return sizeOf(this.shape) * this.storage.type.bytes;
  }
}

type Maker = (args: PickleValue[], path: string) => PickleValue;

/** Everything that may be named, and what calling it makes. */
const makers: Readonly<Record<string, Maker>> = {
  'collections.OrderedDict': () => new Map(),
  'torch._utils._rebuild_tensor_v2': ([storage, offset, shape, strides], path) =>
    viewOf(path, storage, offset, shape, strides),
  'torch._utils._rebuild_parameter': ([view], path) => {
    if (view instanceof TensorView) return view;
    throw wrong(path, 'a tensor inside a parameter', shown(view));
  },
  'torch.Size': ([lengths], path) => lengthsOf(path, lengths),
};

/** What a pickle of PyTorch may do; `storages` collects those that it mentions. */
export function torchWorld(path: string, storages: Map<string, Storage>): PickleWorld {
  const named = new Map(Object.entries(makers).map(([name, make]) => [name, { make }]));
  return {
    global(name) {
      const type = /^torch\.(\w+Storage)$/.exec(name)?.[1] ?? '';
      return Object.hasOwn(storageTypes, type) ? new StorageClass(storageTypes[type]!) : named.get(name);
    },
    reduce(callable, args) {
      const make = (callable as { make?: Maker }).make;
      if (make) return make(args, path);
      throw wrong(path, 'a call of what makes tensors', 'a call of something else');
    },
    persistent(id) {
      const [kind, type, key, , length] = Array.isArray(id) ? id : [];
      if (kind !== 'storage' || !(type instanceof StorageClass) || typeof key !== 'string') {
        throw wrong(path, 'a storage as persistent object', shown(kind));
      }
      if (Array.isArray(id) && id.length > 5 && id[5] !== null) {
        throw wrong(path, 'whole storages', `a view of storage ${key}`);
      }
      const known = storages.get(key) ?? new Storage(key, type.type, whole(path, length));
      storages.set(key, known);
      return known;
    },
  };
}

/** The numbers of a view, in rows one after the other, from the bytes of its storage. */
export function readView(
  { storage, offset, shape, strides }: TensorView,
  bytes: Uint8Array,
  path: string,
): Tensor {
  const size = sizeOf(shape);
  const last = shape.reduce((at, length, axis) => at + (length - 1) * strides[axis]!, offset);
  if (bytes.length !== storage.byteLength) {
    throw wrong(path, `${storage.byteLength} bytes in storage ${storage.key}`, `${bytes.length}`);
  }
  if (size > 0 && !(last < storage.length)) {
    throw wrong(path, `tensors within storage ${storage.key} of ${storage.length} numbers`, `place ${last}`);
  }
  const { dtype, bytes: width, read } = storage.type;
  if (isContiguous(shape, strides)) {
    const part = new Uint8Array(bytes.subarray(offset * width, (offset + size) * width)); // `slice` of a Buffer copies nothing
    return { dtype, shape, data: read(part.buffer) };
  }
  const all = read(new Uint8Array(bytes).buffer);
  const data = new (all.constructor as new (length: number) => TensorArray)(size);
  for (let i = 0; i < size; i++) data[i] = all[placeOf(i, shape, strides, offset)]!;
  return { dtype, shape, data };
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false;
    step *= shape[axis]!;
  }
  return true;
}

function placeOf(
  index: number,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): number {
  let place = offset;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place += (index % shape[axis]!) * strides[axis]!;
    index = Math.floor(index / shape[axis]!);
  }
  return place;
}

function viewOf(path: string, ...[storage, offset, shape, strides]: (PickleValue | undefined)[]): TensorView {
  if (!(storage instanceof Storage)) throw wrong(path, 'a tensor over a storage', shown(storage));
  const view = new TensorView(storage, whole(path, offset), lengthsOf(path, shape), lengthsOf(path, strides));
  if (view.shape.length === view.strides.length) return view;
  throw wrong(path, 'a stride for each axis', `${view.strides.length} for ${view.shape.length}`);
}

function lengthsOf(path: string, value: PickleValue | undefined): number[] {
  if (!Array.isArray(value) || value.length > mostAxes)
    throw wrong(path, `a tuple of at most ${mostAxes} lengths`, shown(value));
  return value.map((one) => whole(path, one));
}

function whole(path: string, value: PickleValue | undefined): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw wrong(path, 'a length or place', shown(value));
}

function wrong(path: string, expected: string, received: string): WhereWhenError {
  return formatError(path, expected, received);
}
