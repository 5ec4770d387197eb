// A server that hands out files and knows nothing else, as any host of static pages.
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** Hands out the files of a folder below `/some/where/`, and knows nothing else. */
export async function plainServer(folder: string): Promise<{ url: string; close: () => Promise<void> }> {
  const types: Record<string, string> = { html: 'text/html', js: 'text/javascript', css: 'text/css' };
  const server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://localhost').pathname.replace(/^\/some\/where\//, '');
    readFile(join(folder, path || 'index.html')).then(
      (bytes) => {
        const type =
          types[path.split('.').at(-1)!] ?? (path === '' ? 'text/html' : 'application/octet-stream');
        response.writeHead(200, { 'content-type': type }).end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}
