// A hub on this machine: answers like the real one, and fails in the ways that networks and servers do.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the hub behaves; may be changed while it runs. */
export interface HubFaults {
  /** Close the connection after so many bytes of each answer, until that many cuts were made. */
  cutAfter?: number;
  cuts?: number;
  /** Tell another hash than the file has. */
  isHashWrong?: boolean;
  /** Answer everything with this status. */
  status?: number;
  /** Send the first bytes of a file, then nothing, and nothing at all of its rest. */
  isStuck?: boolean;
  /** Milliseconds between pieces of 1000 bytes. */
  pause?: number;
  refusesRange?: boolean;
  /** Answer a range from another place than was asked for. */
  isRangeWrong?: boolean;
  leavesOutHash?: boolean;
}

/** A running hub. */
export interface FakeHub {
  url: string;
  /** Where redirects lead: another origin, as the real storage is. */
  storageUrl: string;
  faults: HubFaults;
  /** Every request: method, path, range and authorisation. */
  requests: { method: string; path: string; range?: string; token?: string }[];
  close(): Promise<void>;
}

/** The commit that all files are at. */
export const commit = '0123456789abcdef0123456789abcdef01234567';

/** Serves `bytes` as `model.safetensors` of every repository. */
export async function openFakeHub(bytes: Uint8Array): Promise<FakeHub> {
  const requests: FakeHub['requests'] = [];
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const hub = { faults: {} as HubFaults };
  const note = ({ method = '', url = '', headers }: IncomingMessage): void => {
    requests.push({ method, path: url, range: headers.range, token: headers.authorization });
  };
  const storage = createServer((request, response) => {
    note(request);
    void send(request, response, bytes, hub.faults);
  });
  const storageUrl = await listen(storage);
  const front = createServer((request, response) => {
    note(request);
    const { status, isHashWrong, leavesOutHash } = hub.faults;
    if (status !== undefined) return void response.writeHead(status).end();
    const hash = isHashWrong ? sha256.replace(/./g, (digit) => (digit === '0' ? '1' : '0')) : sha256;
    response.writeHead(302, {
      location: `${storageUrl}/blob`,
      'x-repo-commit': commit,
      'x-linked-size': `${bytes.length}`,
      ...(leavesOutHash ? {} : { 'x-linked-etag': `"${hash}"` }),
    });
    response.end();
  });
  const url = await listen(front);
  const close = async (): Promise<void> => {
    for (const server of [front, storage]) {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    }
  };
  return Object.assign(hub, { url, storageUrl, requests, close });
}

async function listen(server: ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function send(
  request: IncomingMessage,
  response: ServerResponse,
  bytes: Uint8Array,
  faults: HubFaults,
): Promise<void> {
  const asked = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
  const start = faults.refusesRange ? 0 : faults.isRangeWrong ? Math.max(0, asked - 10) : asked;
  const isPart = asked > 0 && !faults.refusesRange;
  const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(isPart ? 206 : 200, {
    'content-length': `${bytes.length - start}`,
    ...(isPart ? range : {}),
  });
  for (let at = start; at < bytes.length; at += 1000) {
    if (response.destroyed || (faults.isStuck && start > 0)) return;
    response.write(bytes.subarray(at, at + 1000));
    if (faults.isStuck) return;
    if (faults.pause) await new Promise((done) => setTimeout(done, faults.pause));
    if (faults.cutAfter !== undefined && (faults.cuts ?? 0) > 0 && at + 1000 - start >= faults.cutAfter) {
      faults.cuts!--;
      await new Promise((done) => setTimeout(done, 30)); // let what was written leave
      return void response.destroy();
    }
  }
  response.end();
}
