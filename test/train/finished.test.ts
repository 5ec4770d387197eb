// A finished run whose files a disk has lost: `--resume` does not call it finished without a word.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { train, type TrainEvent } from '../../src/train/index.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';

let folder: string;
let whole: string;
const recipe = {
  ...{ frames: 4, batch: 4, epochs: 2, validation: 0.25, refit: false },
  transform: { size: { width: 32, height: 24 } },
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-finished-'));
  await writeTinyWorld(join(folder, 'data'), 4);
  whole = join(folder, 'whole');
  await train({ data: join(folder, 'data'), out: whole, recipe, threads: 1 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Resumes the run with one file changed; what is noted. */
async function resumed(file: string, changed: (text: string) => string): Promise<string[]> {
  const out = await mkdtemp(join(folder, 'damaged-'));
  await cp(whole, out, { recursive: true });
  await writeFile(join(out, file), changed(await readFile(join(out, file), 'latin1')), 'latin1');
  const events: TrainEvent[] = [];
  await train({ data: join(folder, 'data'), out, resume: true, onEvent: (one) => events.push(one) });
  return events.flatMap((one) => (one.kind === 'note' ? [one.text] : []));
}

const half = (text: string): string => text.slice(0, text.length / 2);

test.each(['config.json', 'model.safetensors', 'learnt.json', 'held-out.json', 'checkpoint.safetensors'])(
  'a damaged %s is an error that names it and says how to go on',
  async (file) => {
    for (const change of [half, () => '', (text: string) => '\0'.repeat(text.length)]) {
      const error = await resumed(file, change).catch((thrown: Error) => thrown);
      expect(error).toMatchObject({ name: 'WhereWhenError', hint: expect.stringMatching(/--overwrite/) });
      expect((error as Error).message).toContain(file);
    }
  },
);

test('lines that a log has lost are noted: the run is whole without them', async () => {
  expect(await resumed('log.jsonl', half)).toContainEqual(
    expect.stringMatching(/^log.jsonl lacks [12] of 2/),
  );
  expect(await resumed('samples.jsonl', () => '')).toContainEqual(
    'samples.jsonl lacks 2 of 2 epochs: it was damaged',
  );
  expect((await resumed('log.jsonl', (text) => text)).filter((note) => note.includes('lacks'))).toEqual([]);
});
