import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas } from '@napi-rs/canvas';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeSafetensors, decodeSafetensors } from '../../src/model/index.js';
import { thisOwner } from '../../src/owner.js';
import { Result } from '../../src/result.js';
import { writeTinyWorld } from '../dataset/tinyWorld.js';
import { command } from './command.js';

const small = [
  '--frames',
  '6',
  '--size',
  '32x24',
  '--batch',
  '4',
  '--epochs',
  '3',
  '--learning-rate',
  '0.003',
  '--threads',
  '1', // two files of tests run on two cores
];

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

function start(args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [...command, ...args]);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  const ended = new Promise<Ended>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr })),
  );
  return { child, ended };
}

function run(...args: string[]): Promise<Ended> {
  return start(args).ended;
}

/** The last line: what a person sees of a failure. */
function lastLine({ stderr }: Ended): string {
  return stderr.trim().split('\n').at(-1)!;
}

async function waitFor(child: ChildProcess, text: string): Promise<void> {
  await new Promise<void>((resolve) => {
    let seen = '';
    child.stderr!.on('data', (chunk) => {
      seen += chunk;
      if (seen.includes(text)) resolve();
    });
    child.on('close', () => resolve());
  });
}

let folder: string;
let data: string;
let model: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-cli-'));
  data = join(folder, 'data');
  model = join(folder, 'model');
  await writeTinyWorld(data, 6);
  const { code, stderr } = await run('train', data, '--out', model, ...small);
  expect(code, stderr).toBe(0);
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('wrong use ends with exit code 2 and one line', () => {
  test.each([
    ['an unknown command', ['fly'], /unknown command 'fly'/],
    ['an unknown option', ['train', 'x', '--out', 'y', '--epoch', '3'], /unknown option '--epoch'.*--epochs/],
    ['a missing argument', ['predict', 'model'], /missing required argument 'clip'/],
    ['a missing option', ['train', 'x'], /required option '--out <model>'/],
    ['a number that is none', ['train', 'x', '--out', 'y', '--epochs', 'many'], /whole number of at least 0/],
    ['a choice that is none', ['train', 'x', '--out', 'y', '--sampling', 'deep'], /uniform, centred/],
    ['an expression that is none', ['train', 'x', '--out', 'y', '--group', '('], /regular expression/],
  ])('%s', async (_, args, pattern) => {
    const ended = await run(...args);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe('');
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
    expect(ended.stderr).toMatch(pattern);
    expect(ended.stderr).toMatch(/^error: .*\(see `wherewhen .*--help`\)/);
  });

  test('a form of attention that is none', async () => {
    const ended = await run('train', data, '--out', join(folder, 'deep'), '--attention', 'deep');
    expect(ended.code).toBe(2);
    expect(lastLine(ended)).toMatch(/^error: --attention: one of joint, pooled, .* got deep/);
  });

  test('an --out inside DATA', async () => {
    const ended = await run('train', data, '--out', join(data, 'model'));
    expect(ended.code).toBe(2);
    expect(lastLine(ended)).toMatch(/^error: --out: a folder outside DATA/);
  });

  test('help and version are no failure', async () => {
    expect((await run('--help')).stdout).toMatch(/train.*\n.*predict/s);
    expect((await run('train', '--help')).stdout).toContain('--resume');
    expect(await run('--version')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+/),
    });
  });
});

describe('data that cannot be trained on ends with exit code 1 and one line', () => {
  test('a missing folder, no clips, an empty class, one class, the same clip in two classes', async () => {
    const none = join(folder, 'none');
    const empty = join(folder, 'empty');
    const one = join(folder, 'one');
    const twin = join(folder, 'twin');
    await mkdir(join(none, 'left'), { recursive: true });
    await cp(data, empty, { recursive: true });
    await mkdir(join(empty, 'up'));
    await cp(join(data, 'left'), join(one, 'left'), { recursive: true });
    await cp(data, twin, { recursive: true });
    await cp(join(data, 'left/clip0.mp4'), join(twin, 'right/copy.mp4'));
    const cases: [string, RegExp][] = [
      [join(folder, 'absent'), /absent: a folder of class folders, got nothing there/],
      [none, /none: clips in class folders, got none/],
      [empty, /up: at least one clip in every class folder, got an empty class/],
      [one, /one: at least 2 classes, got only "left"/],
      [twin, /copy\.mp4: every clip in one class, got the same content as .*left\/clip0\.mp4/],
    ];
    for (const [path, pattern] of cases) {
      const ended = await run('train', path, '--out', join(folder, 'never'));
      expect(ended.code).toBe(1);
      expect(ended.stderr.trim().split('\n')).toHaveLength(1);
      expect(ended.stderr).toMatch(pattern);
      expect(ended.stderr).toMatch(/^error: /);
    }
  });

  test('a stack is shown with --debug only', async () => {
    const path = join(folder, 'absent');
    expect((await run('train', path, '--out', join(folder, 'never'))).stderr).not.toContain('    at ');
    expect((await run('train', path, '--out', join(folder, 'never'), '--debug')).stderr).toContain('    at ');
  });
});

describe('train', () => {
  test('with --json standard output is one JSON document, and progress is JSON lines on standard error', async () => {
    const { code, stdout, stderr } = await run(
      ...[
        'train',
        data,
        '--out',
        join(folder, 'json'),
        '--json',
        ...small,
        '--epochs',
        '1',
        '--validation',
        '0',
      ],
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'done',
      epochs: 1,
      clips: { training: 12, validation: 0 },
    });
    const events = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { kind: string });
    expect(events.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['progress', 'start', 'epoch']));
  });

  test('a broken clip is named and counted', async () => {
    const own = join(folder, 'broken');
    await cp(data, own, { recursive: true });
    await writeFile(join(own, 'right/text.mp4'), 'this is no video');
    const ended = await run('train', own, '--out', join(folder, 'b'), ...small, '--epochs', '1');
    expect(ended.code).toBe(0);
    expect(ended.stderr).toMatch(/left out: .*right\/text\.mp4/);
    expect(ended.stderr).toMatch(/left out: 1 broken clips/);
    expect((await run('train', own, '--out', join(folder, 'c'), ...small, '--strict')).code).toBe(1);
  });

  async function expectSameModel(out: string): Promise<void> {
    for (const file of ['model.safetensors', 'config.json']) {
      expect((await readFile(join(out, file))).equals(await readFile(join(model, file))), file).toBe(true);
    }
  }

  test('killed with -9 while decoding and after each epoch, it resumes to the same last bit', async () => {
    const out = join(folder, 'killed');
    const args = ['train', data, '--out', out, '--resume', ...small];
    const decoding = start(args);
    while (!(await readdir(join(out, 'cache')).catch(() => [])).some((name) => !name.startsWith('.')));
    decoding.child.kill('SIGKILL');
    await decoding.ended;
    for (const epoch of [1, 2]) {
      const { child, ended } = start(args);
      await waitFor(child, `epoch ${epoch}/3`);
      child.kill('SIGKILL');
      await ended;
      await stat(join(out, 'checkpoint.safetensors'));
    }
    expect((await run(...args)).code).toBe(0);
    await expectSameModel(out);
  }, 120_000);

  test('Ctrl-C saves, says how to go on, and ends with 130; the command that it names ends like an unbroken run', async () => {
    const out = join(folder, 'stopped');
    const { child, ended } = start(['train', data, '--out', out, ...small]);
    await waitFor(child, 'epoch 1/3');
    child.kill('SIGINT');
    const stopped = await ended;
    expect(stopped.code).toBe(130);
    const [, command] = /go on with: wherewhen (.*)$/m.exec(stopped.stderr)!;
    expect((await run(...command!.split(' '))).code).toBe(0);
    await expectSameModel(out);
  }, 120_000);
});

test('a second Ctrl-C does not wait, and is no crash', async () => {
  const { child } = start(['train', data, '--out', join(folder, 'twice'), ...small, '--epochs', '500']);
  let said = '';
  child.stderr!.on('data', (text) => (said += text));
  await waitFor(child, 'epoch 1/500');
  child.kill('SIGINT');
  await waitFor(child, 'stopping');
  child.kill('SIGINT');
  const [code, signal] = await once(child, 'close');
  // In time for the second one, or already saved.
  expect(signal === 'SIGINT' || code === 130, `${code} ${signal}`).toBe(true);
  expect(said).not.toMatch(/terminate|Napi/);
}, 60_000);

describe('predict', () => {
  test('answers every clip that can be read, reports the others and ends with 1', async () => {
    const clips = ['left/clip0.mp4', 'right/clip0.mp4'].map((name) => join(data, name));
    const text = join(folder, 'text.mp4');
    await writeFile(text, 'this is no video');
    const overlay = join(folder, 'overlay');
    const { pid: dead } = spawnSync(process.execPath, ['--version']);
    await mkdir(overlay);
    await writeFile(
      join(overlay, `clip0.overlay.mp4.${thisOwner().space}-${dead}.part`),
      'what a second Ctrl-C left',
    );
    const report = join(folder, 'report.html');
    const ended = await run(
      ...['predict', model, clips[0]!, text, join(folder, 'absent.mp4'), clips[1]!, '--json', '--top', '1'],
      ...['--overlay', overlay, '--report', report],
    );
    expect(ended.code).toBe(1);
    const results = (JSON.parse(ended.stdout) as unknown[]).map((one) => Result.parse(one));
    expect(results.map(({ clip }) => clip)).toEqual(clips);
    expect(results[0]!.classes).toHaveLength(1);
    expect(ended.stderr).toMatch(/error: .*text\.mp4/);
    expect(ended.stderr).toMatch(/error: .*absent\.mp4/);
    expect((await readdir(overlay)).sort()).toEqual(['clip0-2.overlay.mp4', 'clip0.overlay.mp4']);
    expect(await readFile(report, 'utf8')).toContain('<html');
  }, 120_000);

  test('a report that cannot be written there is wrong use before any work', async () => {
    const ended = await run('predict', model, join(data, 'left/clip1.mp4'), '--report', folder);
    expect(ended.code).toBe(2);
    expect(ended.stdout).toBe('');
    expect(lastLine(ended)).toMatch(
      /^error: --report: a file, got the folder .* \(for example .*report\.html\)$/,
    );
    const file = join(folder, 'file');
    await writeFile(file, '');
    const overlay = await run('predict', model, join(data, 'left/clip1.mp4'), '--overlay', file);
    expect(overlay.code).toBe(1);
    expect(lastLine(overlay)).toMatch(/file: a place to write to, got a file where a folder should be/);
  });

  test('a class that the model does not know ends before any clip is looked at, with those that it knows', async () => {
    const ended = await run('predict', model, join(data, 'left/clip1.mp4'), '--class', 'hover');
    expect(ended.code).toBe(2);
    expect(lastLine(ended)).toMatch(/--class: a class of the model \(left, right\), or all, got hover/);
    const looks = await run('predict', model, join(data, 'left/clip1.mp4'), '--looks', '3');
    expect(looks.code).toBe(2);
    expect(lastLine(looks)).toMatch(/expected 1 or 2/);
  });

  test('leaves out what scores less than it is asked to', async () => {
    const args = ['predict', model, join(data, 'left/clip1.mp4'), '--json', '--class', 'all'];
    const whole = JSON.parse((await run(...args, '--looks', '1')).stdout) as Result[];
    expect(whole[0]!.segments.length).toBeGreaterThan(0);
    const [none] = JSON.parse((await run(...args, '--least-score', '1')).stdout) as Result[];
    expect([none!.segments, none!.actors]).toEqual([[], []]);
  });

  test('prints words for people', async () => {
    const ended = await run('predict', model, join(data, 'left/clip1.mp4'));
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stdout).toMatch(/clip1\.mp4\n {2}(left|right) 0\.\d{3}, /);
  });

  test('a model folder with a tensor missing, or of a wrong shape, is named with the tensor', async () => {
    const own = join(folder, 'damaged');
    await cp(model, own, { recursive: true });
    const file = join(own, 'model.safetensors');
    const { tensors } = decodeSafetensors(await readFile(file), file);
    const { 'classifier.bias': bias, ...others } = tensors;
    await writeFile(file, encodeSafetensors(others));
    const clip = join(data, 'left/clip1.mp4');
    const missing = await run('predict', own, clip);
    expect(missing.code).toBe(1);
    expect(lastLine(missing)).toMatch(/^error: .*model\.safetensors: .*classifier\.bias \[2\] is missing/);
    await writeFile(file, encodeSafetensors({ ...tensors, 'classifier.bias': { ...bias!, shape: [1, 2] } }));
    expect(lastLine(await run('predict', own, clip))).toMatch(/classifier\.bias is \[1,2\], expected \[2\]/);
    await writeFile(join(own, 'config.json'), '{ not json');
    expect(lastLine(await run('predict', own, clip))).toMatch(/^error: .*config\.json: JSON/);
    await rm(join(own, 'config.json'));
    expect(lastLine(await run('predict', own, clip))).toMatch(/config\.json.*no readable file/);
    expect(lastLine(await run('predict', join(folder, 'absent'), clip))).toMatch(
      /absent: a model folder, got nothing/,
    );
  });
});

describe('evaluate', () => {
  test('prints every figure beside its image-blind baselines, and the same as JSON', async () => {
    const truth = join(folder, 'truth.json');
    const clip = (label: string) => ({
      ...{ label, startSeconds: 0.5, endSeconds: 1.5, width: 64, height: 48 },
      frames: Array.from({ length: 24 }, (_, index) => ({
        index,
        timeSeconds: index / 12,
        box: [0, 0, 32, 48],
      })),
    });
    const clips = Object.fromEntries(
      ['left', 'right'].flatMap((label) => [0, 1, 2].map((i) => [`${label}/clip${i}.mp4`, clip(label)])),
    );
    await writeFile(truth, JSON.stringify({ version: 1, clips }));
    const ended = await run('evaluate', model, data, '--truth', truth, '--json');
    expect(ended.code, ended.stderr).toBe(0);
    const report = JSON.parse(ended.stdout) as { clips: number; what: object; where: object; when: object };
    expect(report.clips).toBe(12);
    expect(report.where).toMatchObject({ clips: 6, frames: 36 });
    expect(report.when).toMatchObject({ clips: 6 });
    expect(ended.stderr).toContain('no truth for 6 clips');
    const shown = await run('evaluate', model, data);
    expect(shown.stdout).toMatch(/WHAT .*top-1/);
  }, 120_000);

  test('a clip that was read with faults is named; Ctrl-C ends with 130 and a word', async () => {
    const own = join(folder, 'short');
    await cp(data, own, { recursive: true });
    await mkdir(join(own, 'left/pictures'));
    const picture = createCanvas(64, 48).toBuffer('image/png');
    await writeFile(join(own, 'left/pictures/1.png'), picture);
    await writeFile(join(own, 'left/notes.txt'), 'no clip');
    const ended = await run('evaluate', model, own);
    expect(ended.code, ended.stderr).toBe(0);
    expect(ended.stderr).toMatch(
      /^warning: .*left\/pictures: 1 frame for the 6 asked for, the last one is repeated$/m,
    );
    const { child, ended: stopping } = start(['evaluate', model, own, '--json']);
    await new Promise((resolve) => child.stderr!.once('data', resolve)); // what it left out of the list
    child.kill('SIGINT');
    const stopped = await stopping;
    expect(stopped.code).toBe(130);
    expect(stopped.stdout).toBe('');
    expect(lastLine(stopped)).toMatch(/^interrupted; nothing was written/);
  }, 120_000);

  test('a class that the model does not know is left out of WHAT and counted; none that it knows, and a truth of other clips, are errors', async () => {
    const own = join(folder, 'unmatched');
    await cp(data, own, { recursive: true });
    await cp(join(own, 'left'), join(own, 'up'), { recursive: true });
    await rm(join(own, 'left'), { recursive: true });
    const mixed = await run('evaluate', model, own);
    expect(mixed.code, mixed.stderr).toBe(0);
    expect(mixed.stdout).toContain('6 of 12 clips are of an action that the model does not know');
    await rm(join(own, 'right'), { recursive: true });
    const strange = await run('evaluate', model, own);
    expect(strange.code).toBe(1);
    expect(lastLine(strange)).toMatch(/classes of the model \(left, right\), got up/);
    const truth = join(folder, 'other-truth.json');
    await writeFile(truth, JSON.stringify({ version: 1, clips: {} }));
    expect(lastLine(await run('evaluate', model, data, '--truth', truth))).toMatch(
      /--truth: entries for the clips/,
    );
  });
});
