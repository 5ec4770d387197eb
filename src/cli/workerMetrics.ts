// `/metrics` of a worker: what it has done, how its queue stands, and the process itself.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { usageError } from '../errors.js';
import {
  METRICS_TYPE,
  metricsText,
  processFamilies,
  queueFamilies,
  queueStatus,
  type QueueLink,
  type WorkerCounts,
} from '../scale/index.js';

/** What is listened with; `port` 0 takes a free one. */
interface MetricsOptions {
  host: string;
  port: number;
  counts: WorkerCounts;
  link: QueueLink;
}

/** Listens until it is closed. Throws `usage` for a port that is taken or a host that is not here. */
export async function serveMetrics({
  host,
  port,
  counts,
  link,
}: MetricsOptions): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || new URL(request.url ?? '/', 'http://x').pathname !== '/metrics')
      return void response.writeHead(404).end();
    void queueStatus(link).then(
      (status) => {
        const all = [...counts.families(), ...queueFamilies(status), ...processFamilies()];
        response.writeHead(200, { 'Content-Type': METRICS_TYPE }).end(metricsText(all));
      },
      () => void response.writeHead(503).end(),
    );
  });
  await listening(server, { host, port });
  const taken = (server.address() as AddressInfo).port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/metrics`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listening(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error) =>
      reject(
        usageError('--metrics', 'a port that this machine can listen on', cause.message, undefined, cause),
      ),
    );
    server.listen(port, host, resolve);
  });
}
