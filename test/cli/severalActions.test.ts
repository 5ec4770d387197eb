// Clips of several actions on the command line, each command a process of its own: made, learnt, answered, scored.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EvaluationReport } from '../../src/evaluate/index.js';
import { Result } from '../../src/result.js';
import { runCommand } from './runCommand.js';

let folder: string;
let world: string;
let model: string;
let answer: Result;
const at = (...parts: string[]): string => join(world, ...parts);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-actions-'));
  [world, model] = [join(folder, 'world'), join(folder, 'model')];
  const made = await runCommand('synth', world, '--clips', '16', '--actions', '2', '--seed', '1');
  expect(made.code, made.stderr).toBe(0);
  expect(made.stdout).toContain(`labels in ${at('labels.csv')}`);
  const trained = await runCommand(
    ...['train', world, '--annotations', at('labels.csv'), '--out', model],
    ...['--frames', '6', '--size', '32x24', '--batch', '4', '--epochs', '1', '--validation', '0'],
  );
  expect(trained.code, trained.stderr).toBe(0);
  [answer] = (await predicted()) as [Result];
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The Results that a `predict` printed. */
async function predicted(...options: string[]): Promise<Result[]> {
  const { code, stdout, stderr } = await runCommand(
    'predict',
    model,
    at('clips/clip_0001.mp4'),
    ...options,
    '--json',
  );
  expect(code, stderr).toBe(0);
  return Result.array().parse(JSON.parse(stdout));
}

test('synth lists two classes a clip, and refuses what cannot be', async () => {
  const lines = (await readFile(at('labels.csv'), 'utf8')).trim().split('\n');
  expect(lines).toHaveLength(1 + 2 * 16);
  const refused = await runCommand('synth', join(folder, 'never'), '--actions', '5');
  expect(refused.code).toBe(2);
  expect(refused.stderr.trim()).toMatch(/^error: synth: --actions: a whole number from 1 to 4, got 5/);
});

test('without the list a folder of such clips is one class, which cannot be learnt', async () => {
  const { code, stderr } = await runCommand('train', world, '--out', join(folder, 'other'));
  expect(code).toBe(1);
  expect(stderr).toMatch(/at least 2 classes, got only "clips"/);
});

test('evaluate scores every class of a clip: mAP, and segment mAP with the truth', async () => {
  const { code, stdout, stderr } = await runCommand(
    ...['evaluate', model, world, '--annotations', at('labels.csv'), '--truth', at('truth.json'), '--json'],
  );
  expect(code, stderr).toBe(0);
  const { what, when, words, learnt, rows, agreement } = EvaluationReport.parse(JSON.parse(stdout));
  expect(what.manyLabels!.clips).toBe(16);
  expect(when!.figures['map0.5']!.name).toBe('segment mAP at 0.5');
  expect(Object.keys(when!.figures['map0.5']!.trivial)).toContain('whole clip, same classes');
  expect(words.join(' ')).toContain('16 clips have several classes');
  // The model learnt from these very clips, and says so first.
  expect(learnt).toEqual({ training: 16, validation: 0 });
  expect(words[0]).toMatch(/^16 of 16 clips are clips that the model learnt from/);
  expect(rows!.filter((row) => row.learnt === 'training')).toHaveLength(16);
  expect(agreement!.clips).toBe(16);
});

describe('predict', () => {
  test('gives segments of every class that it holds for likelier than not', () => {
    const { classes, segments, curves } = answer;
    expect(curves!.probability).toBe('sigmoid');
    const likely = classes.filter(({ probability }, i) => i === 0 || probability >= 0.5);
    expect(new Set(segments.map(({ label }) => label))).toEqual(new Set(likely.map(({ label }) => label)));
  });

  test('--localize reads the same answer another way: the masks as the scripts do', async () => {
    const [script] = await predicted('--localize', 'script');
    expect(script!.classes).toEqual(answer.classes);
    expect(script!.masks).not.toEqual(answer.masks);
    expect(new Set(script!.segments.map(({ label }) => label)).size).toBeLessThanOrEqual(1);
    const wrong = await runCommand('predict', model, at('clips/clip_0001.mp4'), '--localize', 'guess');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/evidence, script/);
  });

  test('--windows looks at a frame every SECONDS / n, over the whole video', async () => {
    const [windows] = await predicted('--windows', '1.5');
    const { durationSeconds } = answer.video;
    const times = windows!.frames.map(({ timeSeconds }) => timeSeconds);
    // A window of 1.5 s has 6 frames: one every quarter of a second.
    expect(times).toHaveLength(Math.ceil(durationSeconds / 0.25 - 1e-9));
    times.forEach((time, i) => expect(time).toBeCloseTo(i / 4, 5));
    expect(windows!.frames.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 5);
    const wrong = await runCommand('predict', model, at('clips/clip_0001.mp4'), '--windows', '0');
    expect(wrong.code).toBe(2);
  });
});
