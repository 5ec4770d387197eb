// What a reader loads before anything is shown: scripts and styles of the first view, compressed as servers do.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { buildPage } from './page.js';

it('the first view is under 300 kB compressed, and names no other host', async () => {
  const own = await mkdtemp(join(tmpdir(), 'wherewhen-size-'));
  try {
    const folder = await buildPage(own);
    const html = await readFile(join(folder, 'index.html'), 'utf8');
    const asked = [...html.matchAll(/(?:src|href)="\.\/(assets\/[^"]+)"/g)].map(([, path]) => path!);
    expect(asked.length).toBeGreaterThan(1);
    const sizes = await Promise.all(
      asked.map(async (path) => gzipSync(await readFile(join(folder, path))).length),
    );
    const total = sizes.reduce((a, b) => a + b, gzipSync(html).length);
    expect(total).toBeLessThan(300_000);
    expect(total).toBeGreaterThan(20_000); // it is the page that was measured
    expect(html).not.toMatch(/https?:\/\//);
    expect((await readdir(folder)).sort()).toEqual(['assets', 'index.html', 'sample']);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
});
