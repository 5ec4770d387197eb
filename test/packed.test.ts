// The package as others get it: packed, installed into an empty folder without what is optional and without any package's
// script, and used from there, by the command, by each example and by the programs of docs/library.md. Packages come from npm's cache where they lie there.
import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Result } from '../src/result.js';
import { exportWeb } from '../src/savedModel/index.js';
import { isBuilt } from './cli/command.js';
import { writeTinyWorld } from './dataset/tinyWorld.js';
import { writeTinyModel } from './savedModel/tinyModel.js';
import { hasBrowser, openBrowser, watch } from './viewer/page.js';

const run = promisify(execFile);
vi.setConfig({ testTimeout: 300_000 }); // WebAssembly on a busy machine
const isPacked = isBuilt() && existsSync('dist/NOTICES.txt') && existsSync('dist/viewer/index.html');
if (!isPacked) console.warn('tests of the packed package are skipped: `npm run build` first');

let folder: string;
const inside = (...parts: string[]): string => join(folder, ...parts);
const app = (...parts: string[]): string => inside('app', ...parts);

/** Runs a program in the folder of the installed package. */
async function inApp(...command: string[]) {
  const env = { ...process.env, WHEREWHEN_BACKBONE: 'small' };
  const ended = await run(process.execPath, command, { cwd: app(), env }).catch(
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
  return { code: 0, ...ended };
}

const bin = 'node_modules/wherewhen/bin/wherewhen.js';

beforeAll(async () => {
  if (!isPacked) return;
  folder = await mkdtemp(join(tmpdir(), 'wherewhen-packed-'));
  await mkdir(app());
  await run('npm', ['pack', '--ignore-scripts', '--pack-destination', folder]);
  const [tarball] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  await writeFile(app('package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel', 'error'];
  const install = ['install', '--omit=optional', '--ignore-scripts', ...quiet, inside(tarball!)];
  await run('npm', install, { cwd: app() });
  await writeTinyModel(app('model'), ['left', 'right']);
  await writeTinyWorld(app('clips'), 4);
  await cp(app('clips/left/clip0.mp4'), app('clip.mp4'));
  await cp('examples', app('examples'), { recursive: true });
}, 600_000);

afterAll(() => (folder ? rm(folder, { recursive: true }) : undefined));

describe.skipIf(!isPacked)('the packed package, without what is optional', () => {
  it('holds no source map, and names none', async () => {
    const files = await readdir(app('node_modules/wherewhen'), { recursive: true });
    expect(files.filter((name) => name.endsWith('.map'))).toEqual([]);
    const own = files.filter((name) => /^dist\/(?!viewer).*\.js$/.test(name));
    expect(own.length).toBeGreaterThan(20);
    for (const name of own) {
      expect(await readFile(app('node_modules/wherewhen', name), 'utf8'), name).not.toMatch(
        /^\/\/# sourceMappingURL/m,
      );
    }
  });

  it('answers with WebAssembly, and says so and what it costs', async () => {
    expect(existsSync(app('node_modules/onnxruntime-node'))).toBe(false);
    const { code, stdout, stderr } = await inApp(
      bin,
      'predict',
      'model',
      'clip.mp4',
      '--json',
      '--threads',
      '1',
    );
    expect(code, stderr).toBe(0);
    const [result] = (JSON.parse(stdout) as unknown[]).map((one) => Result.parse(one));
    expect(result!.classes.map(({ label }) => label).sort()).toEqual(['left', 'right']);
    expect(stderr.match(/WebAssembly computes instead: .* four times as long/g)).toHaveLength(1);
    expect(stderr).toContain('npm install --ignore-scripts onnxruntime-node');
  });

  it('names the package that drawing needs, and the command that installs it', async () => {
    const { code, stderr } = await inApp(bin, 'synth', 'world', '--clips', '8');
    expect(code).toBe(1);
    expect(stderr).toContain('@napi-rs/canvas: the package that draws pictures');
    expect(stderr).toContain('npm install --ignore-scripts @napi-rs/canvas');
  });
});

describe.skipIf(!isPacked)('the examples, against the packed package', () => {
  it('predict.js says of a clip what a model thinks', async () => {
    const { code, stdout, stderr } = await inApp('examples/predict.js', 'model', 'clip.mp4');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^clip\.mp4 \n {2}(Left|Right)\b.*%/);
  });

  it('train.js makes a model of class folders', async () => {
    const { code, stdout, stderr } = await inApp('examples/train.js', 'clips', 'own');
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('epoch 3 of 3');
    expect(stdout).toContain('left, right: trained on');
    expect(existsSync(app('own/model.safetensors'))).toBe(true);
  });

  it('server.js answers a posted clip, and says what is wrong with one that is none', async () => {
    const server = spawn(process.execPath, ['examples/server.js', 'model', '0'], { cwd: app() });
    try {
      const address = await new Promise<string>((found, fail) => {
        server.stdout.on('data', (text) => found(String(text).trim()));
        server.on('exit', (code) => fail(new Error(`ended with ${code}`)));
      });
      const post = (body: Uint8Array<ArrayBuffer>) => fetch(address, { method: 'POST', body });
      const answered = await post(new Uint8Array(await readFile(app('clip.mp4'))));
      expect(Result.parse(await answered.json()).frames).toHaveLength(4);
      const refused = await post(new Uint8Array(100));
      expect(refused.status).toBe(422);
      expect(await refused.json()).toMatchObject({ code: 'input' });
    } finally {
      server.kill();
    }
  });

  it.skipIf(!hasBrowser)('the page answers a clip in Chromium', async () => {
    for (const name of ['onnxruntime-web', 'mediabunny'])
      await symlink(resolve('node_modules', name), app('node_modules', name));
    await exportWeb(app('model'), app('examples/page/public/model'), { threads: 1 });
    const site = { root: app('examples/page'), configFile: app('examples/page/vite.config.js') };
    await build({ ...site, logLevel: 'error' });
    const server = await preview({ ...site, preview: { port: 0, host: '127.0.0.1' } });
    const browser = await openBrowser();
    try {
      const address = server.resolvedUrls!.local[0]!;
      const page = await browser.newPage();
      const faults = watch(page, () => address);
      await page.goto(address);
      await page.setInputFiles('#file', app('clip.mp4'));
      const answer = page.getByRole('status');
      await answer.filter({ hasText: '%' }).waitFor({ timeout: 60_000 });
      expect(await answer.textContent()).toMatch(/^(Left|Right)/);
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
      await server.close();
    }
  });
});

/** The programs of a page and what it says that they print. */
async function programsOf(page: string): Promise<{ program: string; prints: string }[]> {
  const blocks = /```js run\n([\s\S]*?)```\n+```text\n([\s\S]*?)```/g;
  return [...(await readFile(page, 'utf8')).matchAll(blocks)].map(([, program, prints]) => ({
    program: program!,
    prints: prints!,
  }));
}

describe.skipIf(!isPacked)('docs/library.md', () => {
  it('prints what it says, program by program, against the packed package', async () => {
    const programs = await programsOf('docs/library.md');
    expect(programs.length).toBeGreaterThanOrEqual(4);
    for (const [i, { program }] of programs.entries()) await writeFile(app(`program${i}.js`), program);
    const all = programs.map((_, i) => `console.log('== ${i}');\nawait import('./program${i}.js');`);
    await writeFile(app('programs.js'), all.join('\n'));
    const { code, stdout, stderr } = await inApp('programs.js');
    expect(code, stderr).toBe(0);
    expect(stdout.split(/^== \d+\n/m).slice(1)).toEqual(programs.map(({ prints }) => prints));
  });
});
