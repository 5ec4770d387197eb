// What a run writes for those who watch it: samples, where it stands, events for TensorBoard, warnings in words.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EpochSamples, RunFacts } from '../../src/epoch.js';
import { entropyShare, trainingWarnings } from '../../src/report/trainingWarnings.js';
import { readLog, train } from '../../src/train/index.js';
import { crc32c, eventFile, maskedCrc, scalarsOf } from '../../src/train/folder/tensorBoard.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

const { root } = protobuf.parse(`syntax = "proto3";
message Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; }
message Summary { message Value { string tag = 1; float simple_value = 2; } repeated Value value = 1; }`);
interface ReadEvent {
  step?: number;
  fileVersion?: string;
  summary?: { value: { tag: string; simpleValue?: number }[] };
}

/** Reads an event file as TensorBoard does: every checksum must fit. */
function readEvents(bytes: Buffer): ReadEvent[] {
  const events: ReadEvent[] = [];
  for (let at = 0; at < bytes.length;) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc(bytes.subarray(at, at + 8)));
    const message = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc(message));
    const type = root.lookupType('Event');
    events.push(type.toObject(type.decode(message), { longs: Number }) as ReadEvent);
    at += 16 + length;
  }
  return events;
}

let folder = '';
let out = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-diary-'));
  out = join(folder, 'model');
  await writeTinyWorld(join(folder, 'data'), 4);
  const recipe = { epochs: 2, batch: 4, frames: 4, transform: { size: { width: 32, height: 24 } } };
  await train({ data: join(folder, 'data'), out, recipe, threads: 1 });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('CRC-32C', () => {
  it('gives the check value of its standard: of "123456789" it is E3069283', () => {
    expect(crc32c(Buffer.from('123456789')).toString(16)).toBe('e3069283');
  });

  it('is masked as TensorFlow masks it: its files begin with a record of 24 bytes, checksum A3 7F 4B 22', () => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(24n);
    expect(maskedCrc(length)).toBe(0x224b7fa3); // little-endian in the file
  });
});

describe('a run', () => {
  it('writes events that read back as the rows of its log', async () => {
    const [version, ...events] = readEvents(await readFile(eventFile(out)));
    expect(version!.fileVersion).toBe('brain.Event:2');
    const rows = await readLog(out);
    expect(events.map(({ step }) => step)).toEqual(rows.map(({ epoch }) => epoch));
    events.forEach(({ summary }, i) => {
      const read = Object.fromEntries(summary!.value.map(({ tag, simpleValue = 0 }) => [tag, simpleValue]));
      const wanted = scalarsOf(rows[i]!);
      expect(Object.keys(read)).toEqual(Object.keys(wanted));
      for (const [tag, value] of Object.entries(wanted)) expect(read[tag]).toBeCloseTo(Math.fround(value), 6);
    });
  });

  it('keeps what it said of a few clips after each epoch, and where it stands', async () => {
    const lines = (await readFile(join(out, 'samples.jsonl'), 'utf8')).trim().split('\n');
    const samples = lines.map((line) => EpochSamples.parse(JSON.parse(line)));
    expect(samples.map(({ epoch }) => epoch)).toEqual((await readLog(out)).map(({ epoch }) => epoch));
    for (const { weights, masks, height, width } of samples.flatMap(({ clips }) => clips)) {
      expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 3);
      expect(Buffer.from(masks, 'base64')).toHaveLength(4 * height * width);
    }
    const facts = RunFacts.parse(JSON.parse(await readFile(join(out, 'run.json'), 'utf8')));
    expect(facts).toMatchObject({ epochs: 2, epoch: 2, isDone: true, losses: { crossEntropy: 1 } });
  });

  it('of which the files were trimmed and begun anew tells one story', async () => {
    const recipe = { epochs: 2, batch: 4, frames: 4, transform: { size: { width: 32, height: 24 } } };
    await train({ data: join(folder, 'data'), out, recipe, threads: 1, overwrite: true });
    const events = readEvents(await readFile(eventFile(out)));
    expect(events.slice(1).map(({ step }) => step)).toEqual((await readLog(out)).map(({ epoch }) => epoch));
  });
});

describe('warnings', () => {
  const row = (epoch: number, losses: Record<string, number>) => ({
    ...{ epoch, steps: 2, learningRate: 1, losses: { total: 1, ...losses }, validation: null },
    ...{ isBest: false, seconds: 1 },
  });
  const sample = (weights: number[], mask: number) => ({
    ...{ clip: 'a', label: 'a', answer: 'a', probability: 1, weights, height: 1, width: 1 },
    masks: Buffer.alloc(weights.length, mask).toString('base64'),
  });

  it('name a term that is zero although it has a weight, and no other', () => {
    const rows = [row(1, { unimodal: 0, area: 0 }), row(2, { unimodal: 0, area: 0 })];
    expect(trainingWarnings(rows, { weights: { unimodal: 1, area: 0 } })).toEqual([
      'The term "unimodal" is zero: it teaches nothing.',
    ]);
    expect(trainingWarnings(rows.slice(1), { weights: { unimodal: 1 } })).toEqual([]);
  });

  it('name masks that cover all, and weights at uniform: their entropy is that of the even spread', () => {
    expect(entropyShare([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(1);
    expect(entropyShare([1, 0, 0, 0])).toBe(0);
    const said = trainingWarnings([], { samples: [{ epoch: 1, clips: [sample([0.5, 0.5], 255)] }] });
    expect(said.join(' ')).toMatch(/saturated.*at uniform/);
    expect(trainingWarnings([], { samples: [{ epoch: 1, clips: [sample([0.9, 0.1], 128)] }] })).toEqual([]);
  });

  it('name masks that cover nothing, and no mask with one bright cell in a hundred', () => {
    const said = (cells: number[]): string[] => {
      const masks = Buffer.from(cells).toString('base64');
      const clip = { ...sample([0.9, 0.1], 0), height: 10, width: 5, masks };
      return trainingWarnings([], { samples: [{ epoch: 1, clips: [clip] }] });
    };
    const nothing = new Array<number>(100).fill(2);
    expect(said(nothing)).toEqual(['The masks are empty: they cover nothing of the picture.']);
    expect(said([255, ...nothing.slice(1)])).toEqual([]);
  });
});
