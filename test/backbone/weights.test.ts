import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeTorchFile } from '../../src/backbone/weights/torchFile.js';
import { fitWeights, foreignName } from '../../src/backbone/weights/fit.js';
import { hashTensors } from '../../src/backbone/identity.js';
import { parametersOf, readBackboneWeights, readWeightFile } from '../../src/backbone/weights/read.js';
import { encodeSafetensors } from '../../src/model/index.js';
import { float32, int64, type Tensors } from '../../src/tensor.js';
import { formulaWeights } from './formula.js';
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
  list,
  built,
  tuple,
} from './pickling.js';

const folder = mkdtempSync(join(tmpdir(), 'weights-'));

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

const numbers = new Uint8Array(Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7]).buffer);
const sample = { 'conv.weight': float32([1, 2, 3, 4, 5, 6], [2, 3]), 'conv.bias': float32([0.5, -0.5]) };
const settings = { kind: 'resnet18', stages: ['layer1'] };
const stage1: Tensors = formulaWeights(parametersOf(settings), 3);

describe('a PyTorch file', () => {
  it.each([
    ['the present form, a zip', stateDictFile(sample)],
    ['the form before 1.6, pickles in a row', legacyFile(sample)],
  ])('is read in %s', (_, bytes) => {
    expect(decodeTorchFile(bytes, 'x.pth')).toEqual(sample);
  });

  it('may be a checkpoint that keeps the weights among other things', () => {
    const weights = dictionary({ w: tensorOver({ numel: 8, shape: [8] }) });
    const bytes = zipFile(dictionary({ epoch: int(3), optimizer: dictionary({}), state_dict: weights }), {
      0: numbers,
    });
    expect(decodeTorchFile(bytes, 'x.pth').w!.data).toEqual(Float32Array.from([0, 1, 2, 3, 4, 5, 6, 7]));
  });

  it.each([
    ['arguments of a training', built(call(global('argparse', 'Namespace')), dictionary({ lr: int(1) }))],
    ['a device', call(global('torch', 'device'), text('cuda'), int(0))],
    [
      'a dictionary with a default',
      call(global('collections', 'defaultdict'), global('__builtin__', 'list')),
    ],
    ['a number of numpy', call(global('numpy._core.multiarray', 'scalar'), text('f8'), [0x43, 1, 0])],
    ['a set, frozen or not', tuple([0x8f, 0x28, ...text('a'), 0x90], [0x28, ...int(1), 0x91])],
    ['an object of a class', [...global('datetime', 'datetime'), ...tuple(int(1)), 0x81] as Piece],
    ['a whole number of many bytes', [0x8b, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 64] as Piece],
  ])('may keep %s beside the weights: nobody looks into it', (_, object) => {
    const state_dict = dictionary({ w: tensorOver({ numel: 8, shape: [8] }) });
    const bytes = zipFile(dictionary({ object, state_dict }), { 0: numbers });
    expect(Object.keys(decodeTorchFile(bytes, 'x.pth'))).toEqual(['w']);
  });

  it.each(['ema', 'teacher', 'model'])('may keep them under %s', (key) => {
    const bytes = zipFile(dictionary({ [key]: dictionary({ w: tensorOver({ numel: 8, shape: [8] }) }) }), {
      0: numbers,
    });
    expect(Object.keys(decodeTorchFile(bytes, 'x.pth'))).toEqual(['w']);
  });

  it('may hold views: a transposed one, and two over one storage', () => {
    const bytes = zipFile(
      dictionary({
        turned: tensorOver({ numel: 8, shape: [4, 2], strides: [1, 4] }),
        tail: tensorOver({ numel: 8, offset: 5, shape: [3] }),
      }),
      { 0: numbers },
    );
    const { turned, tail } = decodeTorchFile(bytes, 'x.pth');
    expect(Array.from(turned!.data, Number)).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
    expect(Array.from(tail!.data, Number)).toEqual([5, 6, 7]);
  });

  it('may hold bfloat16, the upper halves of float32', () => {
    const halves = new Uint8Array(Uint16Array.from([0x3f80, 0xc020, 0]).buffer);
    const w = tensorOver({ type: 'BFloat16Storage', numel: 3, shape: [3] });
    const read = decodeTorchFile(zipFile(dictionary({ w }), { 0: halves }), 'x.pth');
    expect(read.w!.data).toEqual(Float32Array.from([1, -2.5, 0]));
  });

  it.each([
    ['os.system', call(global('os', 'system'), text('true'))],
    ['builtins.eval', call(global('builtins', 'eval'), text('1'))],
    ['torch.nn.Module', global('torch.nn', 'Module')],
    ['torch.constructor', global('torch', 'constructor')],
    ['collections.defaultdict', global('collections', 'defaultdict')],
    ['os.system', [...text('os'), ...text('system'), 0x93] as Piece], // as protocol 4 names it
  ])('is refused where it holds no weights but names %s, which is never run', (name, value) => {
    const inside = dictionary({ w: value });
    const message = `x.pth: a pickle of tensors and plain containers only, got one that names ${name}`;
    expect(() => decodeTorchFile(zipFile(inside, {}), 'x.pth')).toThrow(message);
    const magic = legacyFile(sample).subarray(0, 15);
    const parts = [int(1001), dictionary({}), inside, list()].map((piece) => [...pickle(piece)]);
    const legacy = Uint8Array.from([...magic, ...parts.flat()]);
    expect(() => decodeTorchFile(legacy, 'x.pth')).toThrow(message);
  });

  it.each([
    [
      'a tensor that reaches out of its storage',
      dictionary({ w: tensorOver({ numel: 8, shape: [9] }) }),
      /x\.pth: tensors within storage 0 of 8 numbers, got place 8/,
    ],
    [
      'a storage that is longer than its bytes',
      dictionary({ w: tensorOver({ numel: 9, shape: [9] }) }),
      /x\.pth: 36 bytes in storage 0, got 32/,
    ],
    [
      'a storage that is not there',
      dictionary({ w: tensorOver({ storage: '7', numel: 8, shape: [8] }) }),
      /x\.pth: an entry archive\/data\/7, got none/,
    ],
    [
      'a negative length',
      dictionary({ w: tensorOver({ numel: 8, shape: [-1] }) }),
      /x\.pth: a length or place, got -1/,
    ],
    ['no tensors', dictionary({ epoch: int(3) }), /x\.pth: a state dict, or a checkpoint .*got keys epoch/],
    [
      'something beside the tensors',
      dictionary({ w: tensorOver({ numel: 8, shape: [8] }), n: int(1) }),
      /x\.pth: a tensor under n, got 1/,
    ],
    ['an opcode of code', [0x69], /x\.pth: an opcode of plain data, got 0x69 at byte 2/],
    ['an empty stack', [0x75], /x\.pth: a mark on the stack, got none/],
    ['a reference to nothing', [0x68, 5], /x\.pth: a reference to something read before, got number 5/],
  ])('is refused with %s', (_, value, message) => {
    expect(() => decodeTorchFile(zipFile(value, { 0: numbers }), 'x.pth')).toThrow(message);
  });

  it('is refused when it is cut short, wherever', () => {
    for (const whole of [stateDictFile(sample), legacyFile(sample)]) {
      for (let length = 2; length < whole.length; length += 7) {
        expect(() => decodeTorchFile(whole.subarray(0, length), 'x.pth')).toThrow(/^x\.pth: /);
      }
    }
  });
});

describe('weights of a network', () => {
  it.each([
    ['torchvision', (name: string) => name],
    ['our own', (name: string) => `backbone.${name}`],
    ['DataParallel', (name: string) => `module.${name}`],
    ['a compiled network', (name: string) => `_orig_mod.${name}`],
    ['a network inside a network', (name: string) => `module.encoder_q.${name}`],
  ])('fit under the names of %s', async (_, rename) => {
    const renamed = Object.fromEntries(
      Object.entries(stage1).map(([name, tensor]) => [rename(name), tensor]),
    );
    const path = write('named.safetensors', encodeSafetensors(renamed));
    const fitted = await readBackboneWeights(settings, path);
    expect(Object.keys(fitted).sort()).toEqual(
      parametersOf(settings)
        .map(({ name }) => name)
        .sort(),
    );
    expect(fitted['backbone.bn1.runningVar']!.data).toEqual(stage1['bn1.running_var']!.data);
  });

  it('have the same hash from safetensors and from both forms of PyTorch', async () => {
    const files = [
      write('a.safetensors', encodeSafetensors(stage1)),
      write('a.pth', stateDictFile(stage1)),
      write('old.pth', legacyFile(stage1)),
    ];
    const hashes = await Promise.all(
      files.map(async (file) => hashTensors(await readBackboneWeights(settings, file))),
    );
    expect(new Set(hashes).size).toBe(1);
  });

  it('may come with stages that are not used, the classifier and counters', async () => {
    const more = {
      ...stage1,
      ...formulaWeights(parametersOf({ kind: 'resnet18', stages: ['layer2'] }), 3),
      'fc.weight': float32([1], [1, 1]),
      'bn1.num_batches_tracked': int64([5], []),
    };
    const fitted = await readBackboneWeights(settings, write('more.safetensors', encodeSafetensors(more)));
    expect(Object.keys(fitted)).toHaveLength(Object.keys(stage1).length);
  });

  it.each([
    ['a head of another name', { 'cls_head.fc_cls.weight': float32([1], [1, 1]) }],
    ['a buffer that normalises pictures', { 'normalize.mean': float32([1, 1, 1]) }],
    ['a projector', { 'projector.0.weight': float32([1], [1, 1]) }],
  ])('may lie beside %s, in front of the wrapper or behind it', async (_, more) => {
    const wrapped = Object.fromEntries(Object.entries(stage1).map(([name, one]) => [`model.${name}`, one]));
    const path = write('beside.safetensors', encodeSafetensors({ ...more, ...wrapped }));
    const fitted = await readBackboneWeights(settings, path);
    expect(fitted['backbone.conv1.weight']).toEqual(stage1['conv1.weight']);
    const plain = write('plain.safetensors', encodeSafetensors({ ...stage1, ...more }));
    expect(Object.keys(await readBackboneWeights(settings, plain))).toHaveLength(Object.keys(fitted).length);
  });

  it('of a deeper network are refused, although all that is asked for is there', async () => {
    const deeper = { ...stage1, 'layer1.2.conv1.weight': float32([1], [1, 1, 1, 1]) };
    const path = write('deeper.safetensors', encodeSafetensors(deeper));
    await expect(readBackboneWeights(settings, path)).rejects.toThrow(
      /layer1\.2\.conv1\.weight is not of this network/,
    );
  });

  it('may be bfloat16 in a safetensors file', async () => {
    const header = { 'a.weight': { dtype: 'BF16', shape: [3], data_offsets: [0, 6] } };
    const text = JSON.stringify(header).padEnd(64);
    const file = new Uint8Array(8 + 64 + 6);
    new DataView(file.buffer).setBigUint64(0, 64n, true);
    file.set(new TextEncoder().encode(text), 8);
    file.set(new Uint8Array(Uint16Array.from([0x3f80, 0xc020, 0]).buffer), 72);
    const read = await readWeightFile(write('half.safetensors', file));
    expect(read['a.weight']).toEqual(float32([1, -2.5, 0]));
  });

  it('that do not fit are one error that lists the missing, the extra and the wrongly shaped', async () => {
    const rest = Object.fromEntries(Object.entries(stage1).filter(([name]) => name !== 'conv1.weight'));
    const wrong = { ...rest, 'bn1.bias': float32([1, 2]), 'layer9.weight': float32([1]) };
    const path = write('wrong.safetensors', encodeSafetensors(wrong));
    await expect(readBackboneWeights(settings, path)).rejects.toThrow(
      /wrong\.safetensors: the 25 tensors of the network, got conv1\.weight \[64,3,7,7\] is missing; bn1\.bias is \[2\], expected \[64\]; layer9\.weight is not of this network/,
    );
  });

  it('in a file that is cut short are one line, whatever its kind and wherever it was cut', async () => {
    for (const [kind, whole] of [
      ['safetensors', encodeSafetensors(stage1)],
      ['pth', stateDictFile(stage1)],
      ['old.pth', legacyFile(stage1)],
    ] as const) {
      for (const length of [0, 7, 60, whole.length >> 1, whole.length - 1]) {
        const path = write(`cut.${kind}`, whole.subarray(0, length));
        const error = await readBackboneWeights(settings, path).catch((thrown: unknown) => thrown);
        expect(error, `${kind} of ${length} bytes`).toMatchObject({ code: 'format', path });
        expect((error as Error).message).toMatch(/^\S*cut\.(safetensors|pth|old\.pth): [^\n]*$/);
      }
    }
  });

  it('in half precision become float32, and integers are refused', () => {
    const parameters = [{ name: 'backbone.a', shape: [5] }];
    const bits = Uint16Array.from([0x3c00, 0xc100, 0x0001, 0x7c00, 0x8000]); // 1, -2.5, the least, infinity, -0
    const half = { dtype: 'float16', shape: [5], data: bits } as const;
    const { data } = fitWeights({ a: half }, { parameters, path: 'x' })['backbone.a']!;
    expect(Array.from(data, Number)).toEqual([1, -2.5, 2 ** -24, Infinity, -0]);
    const whole = int64([1, 2, 3, 4, 5]);
    expect(() => fitWeights({ a: whole }, { parameters, path: 'x' })).toThrow(
      /a is int64, expected a float type/,
    );
  });

  it('are refused from a file that is none, and from one cut short', async () => {
    const whole = encodeSafetensors(stage1);
    const cut = write('cut.safetensors', whole.subarray(0, whole.length - 100));
    await expect(readWeightFile(cut)).rejects.toThrow(/cut\.safetensors: .*cut after/);
    await expect(
      readWeightFile(write('page.pth', new TextEncoder().encode('<html>not found'))),
    ).rejects.toThrow(/page\.pth: /);
    await expect(readWeightFile(join(folder, 'none'))).rejects.toThrow(
      /none: a weight file, got nothing there/,
    );
  });
});

const python = '/usr/bin/python3';

function hasTorch(): boolean {
  try {
    execFileSync(python, ['-c', 'import torch'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(!hasTorch())('a file that PyTorch itself wrote (skipped without python3-torch)', () => {
  const script = `
import sys, torch
from collections import OrderedDict
folder = sys.argv[1]
net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Linear(4, 2))
state = net.state_dict()
torch.save(state, folder + '/new.pth')
torch.save(state, folder + '/legacy.pth', _use_new_zipfile_serialization=False)
torch.save({'epoch': 3, 'lr': 0.1, 'state_dict': state, 'args': ['a', None, True, (1, 2.5)]}, folder + '/checkpoint.pt')
torch.save({'a': torch.nn.Parameter(torch.arange(6.).reshape(2, 3).t()), 'h': torch.ones(3).half(), 'b': torch.ones(2).bfloat16()}, folder + '/views.pt')
torch.save(state, folder + '/protocol4.pth', pickle_protocol=4)
torch.save(net, folder + '/module.pth')
flat = torch.cat([v.double().flatten() for v in state.values()])
open(folder + '/sums.txt', 'w').write(' '.join(str(float(x)) for x in (flat.sum(), (flat * torch.arange(len(flat))).sum())))
`;

  it('is read in both forms, as a checkpoint and under another protocol; a whole module is refused', () => {
    execFileSync(python, ['-c', script, folder], { stdio: 'ignore' });
    const read = (name: string): Tensors => decodeTorchFile(readFileSync(join(folder, name)), name);
    const state = read('new.pth');
    expect(Object.keys(state)).toEqual([
      ...['0.weight', '0.bias', '1.weight', '1.bias', '1.running_mean', '1.running_var'],
      ...['1.num_batches_tracked', '2.weight', '2.bias'],
    ]);
    expect(state['0.weight']!.shape).toEqual([4, 3, 3, 3]);
    const flat = Object.values(state).flatMap(({ data }) => Array.from(data, Number));
    const [sum, weighted] = readFileSync(join(folder, 'sums.txt'), 'utf8').split(' ').map(Number);
    expect(flat.reduce((a, b) => a + b, 0)).toBeCloseTo(sum!, 5);
    expect(flat.reduce((a, b, i) => a + b * i, 0)).toBeCloseTo(weighted!, 3);
    for (const name of ['legacy.pth', 'checkpoint.pt', 'protocol4.pth']) expect(read(name)).toEqual(state);
    const { a, h, b } = read('views.pt');
    expect(Array.from(a!.data, Number)).toEqual([0, 3, 1, 4, 2, 5]);
    expect([h!.dtype, Array.from(b!.data, Number)]).toEqual(['float16', [1, 1]]);
    expect(() => read('module.pth')).toThrow(/module\.pth: .*got one that names torch\.nn\.modules/);
  });
});

it('names of ours and of torchvision differ in front and in the running statistics', () => {
  expect(foreignName('backbone.layer1.0.bn1.runningMean')).toBe('layer1.0.bn1.running_mean');
  expect(foreignName('backbone.layer2.0.downsample.0.weight')).toBe('layer2.0.downsample.0.weight');
});
