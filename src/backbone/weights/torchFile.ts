// PyTorch's weight files: since version 1.6 a zip with a pickle and one entry a storage; before, and in torchvision's own
// downloads still, a row of pickles with the storages behind them. Both are read without running anything.
import type * as Zip from 'fflate';
import { formatError, WhereWhenError } from '../../errors.js';
import { installed } from '../../installed.js';
import type { Tensors } from '../../tensor.js';
import { mayTake, mayUnfold, mostEntries, shown } from './limits.js';
import { Opaque, readPickle, type PickleValue } from './pickle.js';
import { readView, TensorView, torchWorld, type Storage } from './torchTensors.js';

/** Keys under which training scripts keep the weights in a checkpoint. */
const insides = [
  ...['state_dict', 'model_state_dict', 'model', 'net', 'network', 'module', 'weights', 'params'],
  ...['state_dict_ema', 'model_ema', 'ema_state_dict', 'ema', 'teacher', 'student'],
];

/**
 * The tensors of a `.pth` or `.pt` file, by their names in its state dict, each in memory of its own. Throws `format`
 * for a file that is cut short or none of the two forms, for one without a state dict of tensors in plain containers, and
 * for one that would take many times its own size.
 */
export function decodeTorchFile(bytes: Uint8Array, path: string): Tensors {
  const isZip = bytes[0] === 0x50 && bytes[1] === 0x4b; // PK
  const { value, storages } = isZip ? readZip(bytes, path) : readLegacy(bytes, path);
  const tensors: Tensors = {};
  let taken = 0;
  for (const [name, view] of stateDict(value, path)) {
    if (!(view instanceof TensorView)) throw wrong(path, `a tensor under ${shown(name)}`, shown(view));
    if (typeof name !== 'string' && typeof name !== 'number')
      throw wrong(path, 'tensors by their names', shown(name));
    taken += view.byteLength;
    if (!mayTake(taken, bytes.length))
      throw wrong(path, `tensors that a file of ${bytes.length} bytes can hold`, `${taken} bytes of them`);
    tensors[name] = readView(view, storages(view.storage), path);
  }
  return tensors;
}

interface TorchFileParts {
  value: PickleValue;
  storages(storage: Storage): Uint8Array;
}

function readZip(bytes: Uint8Array, path: string): TorchFileParts {
  const files = unzip(bytes, path);
  const pickle = Object.keys(files).find((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickle === undefined) {
    throw wrong(path, 'a zip of PyTorch with data.pkl', Object.keys(files).slice(0, 5).join(', '));
  }
  const folder = pickle.slice(0, -'data.pkl'.length);
  const order = files[`${folder}byteorder`];
  if (order && new TextDecoder().decode(order) !== 'little') {
    throw wrong(path, 'little-endian numbers', new TextDecoder().decode(order));
  }
  const { value } = readPickle(files[pickle]!, torchWorld(path, new Map()), path);
  return {
    value,
    storages({ key }) {
      const data = files[`${folder}data/${key}`];
      if (data) return data;
      throw wrong(path, `an entry ${folder}data/${key}`, 'none');
    },
  };
}

function unzip(bytes: Uint8Array, path: string): Record<string, Uint8Array> {
  let [entries, unfolded] = [0, 0];
  const filter = ({ originalSize }: Zip.UnzipFileInfo): boolean => {
    unfolded += originalSize;
    if (++entries > mostEntries || !mayUnfold(unfolded, bytes.length))
      throw wrong(path, 'a zip as PyTorch writes it', `${entries} entries that unfold to ${unfolded} bytes`);
    return true;
  };
  try {
    return installed<typeof Zip>('fflate', 'reads ZIP files').unzipSync(bytes, { filter });
  } catch (cause) {
    if (cause instanceof WhereWhenError) throw cause;
    const received = `one that is cut short or broken: ${(cause as Error).message}`;
    throw formatError(path, 'a whole zip file', received, undefined, cause);
  }
}

const magic = 0x1950a86a20f9469cfc6c; // the first pickle of the older form

function readLegacy(bytes: Uint8Array, path: string): TorchFileParts {
  const storages = new Map<string, Storage>();
  const world = torchWorld(path, storages);
  let rest = bytes;
  const next = (): PickleValue => {
    const { value, end } = readPickle(rest, world, path);
    rest = rest.subarray(end);
    return value;
  };
  if (bytes[0] !== 0x80 || next() !== magic) {
    throw wrong(path, 'a weight file: safetensors, or a .pth of PyTorch', 'something else');
  }
  next(); // protocol version
  next(); // what the writing machine was
  const value = next();
  const keys = next();
  const parts = new Map<string, Uint8Array>();
  for (const key of Array.isArray(keys) ? keys : []) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (!storage) throw wrong(path, 'storages that tensors name', shown(key));
    const end = 8 + storage.byteLength; // a count of elements comes first
    if (end > rest.length)
      throw wrong(path, `${storage.byteLength} bytes of storage ${shown(key)}`, 'a cut file');
    parts.set(storage.key, rest.subarray(8, end));
    rest = rest.subarray(end);
  }
  return {
    value,
    storages({ key }) {
      const data = parts.get(key);
      if (data) return data;
      throw wrong(path, `storage ${key}`, 'none');
    },
  };
}

/** The dictionary of tensors: the whole, or inside a checkpoint. */
function stateDict(whole: PickleValue, path: string): Map<PickleValue, PickleValue> {
  const value = innermost(whole);
  if (value instanceof Map && [...value.values()].some((one) => one instanceof TensorView)) return value;
  const objects = [value, ...(value instanceof Map ? value.values() : [])];
  const foreign = objects.find((one) => one instanceof Opaque);
  if (foreign instanceof Opaque) {
    throw formatError(
      path,
      'a pickle of tensors and plain containers only',
      `one that names ${foreign.name}`,
      'save the state dict alone: torch.save(model.state_dict(), FILE)',
    );
  }
  const received =
    value instanceof Map ? `keys ${[...value.keys()].slice(0, 8).map(shown).join(', ')}` : shown(value);
  throw wrong(path, `a state dict, or a checkpoint with one under ${insides.join(', ')}`, received);
}

/** Goes from checkpoint to checkpoint; one that holds itself ends it. */
function innermost(value: PickleValue): PickleValue {
  const seen = new Set<PickleValue>();
  for (let at = value; ;) {
    if (!(at instanceof Map) || seen.has(at)) return at;
    seen.add(at);
    const map = at;
    const inside = insides.map((key) => map.get(key)).find((one) => one instanceof Map);
    if (!inside) return at;
    at = inside;
  }
}

function wrong(path: string, expected: string, received: string): WhereWhenError {
  return formatError(path, expected, received);
}
