// PyTorch's weight files that nobody wrote by accident: bombs, loops, views of nothing. Each is one clear error, at once.
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { decodeTorchFile } from '../../src/backbone/weights/torchFile.js';
import { WhereWhenError } from '../../src/errors.js';
import { Random } from '../../src/random.js';
import { float32 } from '../../src/tensor.js';
import {
  call,
  dictionary,
  global,
  int,
  legacyFile,
  pickle,
  stateDictFile,
  tensorOver,
  text,
  zipFile,
  type Piece,
} from '../backbone/pickling.js';

const decode = (bytes: Uint8Array) => decodeTorchFile(bytes, 'net.pth');
const tensors = {
  'conv1.weight': float32(
    Float32Array.from({ length: 12 }, (_, i) => i),
    [2, 3, 2],
  ),
  'fc.bias': float32(new Float32Array(5), [5]),
};
const four = new Uint8Array(16); // four float32

describe('a PyTorch file is refused', () => {
  it('that unfolds to many times its size, before it is unfolded', () => {
    const bomb = zipSync({
      'archive/data.pkl': pickle(dictionary({ w: tensorOver({ numel: 25e6, shape: [25e6] }) })),
      'archive/data/0': new Uint8Array(100e6),
    });
    expect(bomb.length).toBeLessThan(1e6);
    expect(() => decode(bomb)).toThrow(/entries that unfold to 1000\d+ bytes/);
  });

  it('whose tensors take many times its size: a view that never moves, and many over one storage', () => {
    const wide = tensorOver({ numel: 4, shape: [65_536, 65_536], strides: [0, 0] });
    expect(() => decode(zipFile(dictionary({ wide }), { 0: four }))).toThrow(/bytes of them/);
    const vast = tensorOver({ numel: 4, shape: Array(20).fill(2 ** 30), strides: Array(20).fill(0) });
    expect(() => decode(zipFile(dictionary({ vast }), { 0: four }))).toThrow(/bytes of them/);
    const large = new Uint8Array(1 << 22);
    const views = Array.from({ length: 40 }, (_, i): [string, Piece] => [
      `view${i}`,
      tensorOver({ numel: 1 << 20, shape: [1 << 20] }),
    ]);
    expect(() => decode(zipFile(dictionary(Object.fromEntries(views)), { 0: large }))).toThrow(
      /bytes of them/,
    );
  });

  it('whose tensors reach beyond their storage, or have lengths that are none', () => {
    const beyond = tensorOver({ numel: 4, offset: 3, shape: [2] });
    expect(() => decode(zipFile(dictionary({ beyond }), { 0: four }))).toThrow('got place 4');
    const striding = tensorOver({ numel: 4, shape: [2, 2], strides: [3, 1] });
    expect(() => decode(zipFile(dictionary({ striding }), { 0: four }))).toThrow('got place 4');
    const inverted = tensorOver({ numel: 4, shape: [-1] });
    expect(() => decode(zipFile(dictionary({ inverted }), { 0: four }))).toThrow('a length or place, got -1');
    const many = tensorOver({ numel: 4, shape: Array(65).fill(1) });
    expect(() => decode(zipFile(dictionary({ many }), { 0: four }))).toThrow('got a list of 65');
  });

  it('that holds itself, or holds lists so deep that their text would have no end', () => {
    const itself = [0x7d, 0x71, 0, ...text('model'), 0x68, 0, 0x73]; // d = {}; d['model'] = d
    expect(() => decode(zipFile(itself, {}))).toThrow(/a state dict, .*got keys model/);
    const deep = [...Array<number>(100_000).fill(0x28), 0x4e, ...Array<number>(100_000).fill(0x74)];
    expect(() => decode(zipFile(call(global('torch', 'Size'), deep), {}))).toThrow(
      'a length or place, got a list',
    );
    const laughing = [0x4e, ...Array.from({ length: 60 }, () => [0x32, 0x86]).flat()]; // (x, x) of (x, x) of ...
    expect(() => decode(zipFile(call(global('torch', 'Size'), laughing), {}))).toThrow('got a list of 2');
    expect(() => decode(zipFile([...laughing, ...laughing, 0x93], {}))).toThrow('a name by its module');
  });

  it('with an integer of a hundred thousand digits', () => {
    const digits = [0x8b, 0xa0, 0x86, 1, 0, ...Array<number>(100_000).fill(7)];
    expect(() => decode(zipFile(digits, {}))).toThrow('an integer of at most 1024 bytes');
  });

  it('by one error, and never by another, whichever bytes are changed: 600 changes drawn', () => {
    const random = Random.from(19, 'weight files');
    const files = [stateDictFile(tensors), legacyFile(tensors), zipFile(dictionary({ a: int(1) }), {})];
    let refused = 0;
    for (let i = 0; i < 600; i++) {
      const bytes = Uint8Array.from(random.pick(files));
      for (let n = random.integer(1, 4); n > 0; n--)
        bytes[random.integer(0, bytes.length)] = random.integer(0, 256);
      const cut = random.uniform() < 0.2 ? bytes.subarray(0, random.integer(0, bytes.length)) : bytes;
      try {
        decode(cut);
      } catch (error) {
        expect(error, `change ${i}: ${String(error)}`).toBeInstanceOf(WhereWhenError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(200);
  });
});
