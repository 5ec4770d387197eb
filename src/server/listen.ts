// A server that listens: on this machine only unless it is told otherwise.
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { usageError, WhereWhenError } from '../errors.js';
import { createApp } from './app.js';
import { isLoopback } from './guard.js';
import { builtPage, readPage } from './pageFiles.js';
import type { Served } from './served.js';

/** Where to listen. */
export interface ListenOptions {
  /** Default 127.0.0.1. Any other than loopback asks for a token. */
  host?: string;
  /** Names of proxies in front of it; where there are any, everybody needs the token. */
  allowHosts?: readonly string[];
  /** 0 takes a free one. Default 8470. */
  port?: number;
  /** Folder of the built page. */
  page?: string;
  onError?: (error: Error) => void;
}

/** A server under way. */
export interface Listening {
  /** What to open, with the token where one is asked for. */
  url: string;
  port: number;
  close(): Promise<void>;
}

/** The port that is taken where none is named. */
export const DEFAULT_PORT = 8470;

/** Listens until it is closed, which closes `served` too. Throws `usage` for a port that is taken or a host that is not here. */
export async function listen(
  served: Served,
  {
    host = '127.0.0.1',
    allowHosts = [],
    port = DEFAULT_PORT,
    page = builtPage(),
    onError,
  }: ListenOptions = {},
): Promise<Listening> {
  const token = isLoopback(host) && allowHosts.length === 0 ? null : randomBytes(16).toString('hex');
  const app = createApp(served, { host, allowHosts, token, page: await readPage(page), onError });
  const server = await new Promise<Server>((resolve, reject) => {
    const started = serve({ fetch: app.fetch, hostname: host, port }, () => resolve(started)) as Server;
    started.once('error', (error) => reject(notHere(host, port, error)));
  });
  const taken = (server.address() as AddressInfo).port;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${name}:${taken}/${token === null ? '' : `?token=${token}`}`,
    port: taken,
    close: async () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await served.close();
    },
  };
}

function notHere(host: string, port: number, cause: NodeJS.ErrnoException): WhereWhenError {
  const isTaken = cause.code === 'EADDRINUSE';
  return usageError(
    isTaken || cause.code === 'EACCES' ? '--port' : '--host',
    'an address that this machine can listen on',
    `${host}:${port} (${isTaken ? 'taken by another program' : cause.message})`,
    isTaken ? 'another --port, or --port 0 for any that is free' : undefined,
    cause,
  );
}
