// What was taught as one file, which may come from anybody.
import { strToU8, unzipSync, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { readTeachZip, writeTeachZip, type TeachZip } from '../../src/teach/index.js';
import { madeBackbone } from './madeTakes.js';

const clip = Uint8Array.of(1, 2, 3);
const small: TeachZip = {
  takes: [
    { id: 'a.webm', label: 'a', group: 'p', marks: [{ kind: 'moment', timeSeconds: 1 }], clip },
    { id: 'b.webm', label: 'b', group: 'p', isHeldOut: true, clip },
  ],
  backbone: madeBackbone,
  network: Uint8Array.of(4, 5),
  recipe: { seed: 7 },
};

/** The bytes of the zip with some of its files changed or left out. */
function changed(change: (files: Record<string, Uint8Array>) => void): Uint8Array {
  const files = unzipSync(writeTeachZip(small));
  change(files);
  return zipSync(files, { level: 0 });
}

test('a zip is read as it was written, and the same content gives the same bytes', () => {
  expect(readTeachZip(writeTeachZip(small), 'a.zip')).toEqual(small);
  expect(writeTeachZip(small)).toEqual(writeTeachZip(small));
});

const table = (change: (value: { takes: { id: string }[]; files: Record<string, unknown> }) => void) =>
  changed((files) => {
    const value = JSON.parse(new TextDecoder().decode(files['teach.json'])) as never;
    change(value);
    files['teach.json'] = strToU8(JSON.stringify(value));
  });

test.each<[string, Uint8Array, RegExp]>([
  ['no zip', Uint8Array.of(1, 2, 3), /a zip as a page saves it/],
  ['a zip of something else', zipSync({ 'a.txt': strToU8('a') }), /teach\.json/],
  [
    'a film that was changed',
    changed((files) => (files['clips/a.webm']![0] = 9)),
    /a\.webm as it was written/,
  ],
  ['a film of another size', changed((files) => (files['clips/a.webm'] = strToU8('longer'))), /of 3 bytes/],
  ['a film that is not there', changed((files) => delete files['clips/a.webm']), /no such file/],
  ['a file that nobody listed', changed((files) => (files['../up'] = clip)), /that teach\.json lists/],
  ['a take with a way up', table(({ takes }) => (takes[0]!.id = '../a.webm')), /without a path/],
  ['a take that is there twice', table(({ takes }) => (takes[1]!.id = 'a.webm')), /another `id`/],
  [
    'a list with a way up',
    table(({ files }) => (files['../up'] = files['clips/a.webm'])),
    /a model, a backbone and takes/,
  ],
])('a zip is refused that is %s', (_, bytes, message) => {
  expect(() => readTeachZip(bytes, 'a.zip')).toThrow(message);
});
