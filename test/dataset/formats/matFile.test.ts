import { describe, expect, it } from 'vitest';
import { readMatFile } from '../../../src/dataset/formats/matFile.js';
import { readerOf, trueTubes } from '../../../src/dataset/formats/index.js';
import { fileOf, folderOf } from './folder.js';
import { ANNOT, CELLS, COMPLEX, PART_MASK } from './matFixtures.js';

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

describe('readMatFile', () => {
  it('reads cells, text and numbers of several widths, by columns', () => {
    const { x, y } = readMatFile(bytes(CELLS), 'cells.mat');
    expect(x).toMatchObject({
      kind: 'cell',
      shape: [1, 2],
      elements: [{ kind: 'text', text: 'abc' }, { shape: [2, 2] }],
    });
    if (x?.kind !== 'cell' || x.elements[1]?.kind !== 'numbers') throw new Error('not numbers');
    expect([...Array.from(x.elements[1].data)]).toEqual([1, 3, 2, 4]);
    expect(y).toMatchObject({ kind: 'numbers', shape: [1, 2] });
  });

  it('refuses what it does not read by name', () => {
    expect(() => readMatFile(bytes(COMPLEX), 'z.mat')).toThrow(
      /z.mat at byte .*real numbers, got complex ones/,
    );
    expect(() => readMatFile(new Uint8Array(10), 'short.mat')).toThrow(/at least 128 bytes\), got 10 bytes/);
    const hdf5 = bytes(CELLS);
    hdf5.set(Buffer.from('MATLAB 7.3'), 0);
    expect(() => readMatFile(hdf5, 'new.mat')).toThrow(/level 7.3/);
  });

  it('names every cut of a file and every flipped byte as a fault of that file, or reads on; it never hangs', () => {
    const whole = bytes(ANNOT);
    for (let length = 129; length < whole.length; length++) {
      expect(() => readMatFile(whole.subarray(0, length), 'cut.mat')).toThrow(/cut.mat at byte/);
    }
    for (let at = 128; at < whole.length; at++) {
      const flipped = Uint8Array.from(whole);
      flipped[at]! ^= 0x10;
      try {
        readMatFile(flipped, 'flipped.mat');
      } catch (error) {
        expect(String(error)).toMatch(/flipped.mat at byte/);
      }
    }
  });
});

describe('ucf101-24', () => {
  it('turns x y w h to corners and frames to a count from 0, and marks the test list', async () => {
    const folder = await folderOf({
      'finalAnnots.mat': bytes(ANNOT),
      'testlist01.txt': 'Übung/v_Übung_g02_c03',
    });
    const { clips, classes } = await readerOf('ucf101-24').read(`${folder}/finalAnnots.mat`);
    expect(classes).toEqual(['Run', 'Übung']);
    expect(clips.map(({ subset, frames, group }) => [subset, frames, group])).toEqual([
      ['train', 50, 'v_Run_g01'],
      ['test', 400, 'v_Übung_g02'],
    ]);
    expect(trueTubes(clips[0]!)).toEqual([
      { video: 'Run/v_Run_g01_c01', label: 'Run', start: 1, boxes: [[10, 20, 40, 60], [11, 21, 41, 61]] }, // prettier-ignore
    ]);
    expect(trueTubes(clips[1]!).map(({ start, boxes }) => [start, boxes.length])).toEqual([
      [298, 1],
      [0, 2],
    ]);
  });

  it('names a file without annot', async () => {
    const path = await fileOf(bytes(CELLS), 'finalAnnots.mat');
    await expect(readerOf('ucf101-24').read(path)).rejects.toThrow(/a struct array named annot, got none/);
  });
});

describe('jhmdb', () => {
  it('takes boxes from puppet masks where there are any and says where not', async () => {
    const folder = await folderOf({
      'splits/wave_test_split1.txt': 'a.avi 1\nb.avi 2\n',
      'puppet_mask/wave/a/puppet_mask.mat': bytes(PART_MASK),
    });
    const { clips, notes } = await readerOf('jhmdb').read(folder);
    expect(clips[0]).toMatchObject({ clip: 'wave/a.avi', subset: 'train', width: 5, height: 4, frames: 2 });
    expect(clips[0]!.tracks[0]!.boxes).toEqual([{ frame: 0, timeSeconds: null, box: [2, 1, 4, 3] }]);
    expect(notes).toEqual(['1 of 2 clips have no puppet mask: no boxes']);
  });

  it('names a mask file of another kind', async () => {
    const folder = await folderOf({
      'splits/wave_test_split1.txt': 'a.avi 1\n',
      'puppet_mask/wave/a/puppet_mask.mat': bytes(CELLS),
    });
    await expect(readerOf('jhmdb').read(folder)).rejects.toThrow(
      /puppet_mask.mat: part_mask, height x width x frames/,
    );
  });
});
