// Who may ask. A server on this machine's loopback answers only to names of this machine, so that no page of
// another site can reach it under a name of its own (DNS rebinding); bound wider, it asks for a token as well.
import { timingSafeEqual } from 'node:crypto';
import { hostname, networkInterfaces } from 'node:os';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';

/** What the page may do: its own scripts, styles and data, and nothing of any other host. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "font-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** On every answer. The last three make the page a closed world, which threads of WebAssembly need. */
export const HEADERS: Record<string, string> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'X-Frame-Options': 'DENY',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Who may ask, and how they show it. */
export interface GuardOptions {
  /** The address that the server is bound to. */
  host: string;
  /** More names that it is reached by, as a proxy in front of it is called. */
  allowHosts?: readonly string[];
  /** Asked of everybody; null: only loopback is served and needs none. */
  token: string | null;
}

const COOKIE = 'wherewhen-token';

/** Refuses requests from elsewhere before anything is looked up. */
export function guard({ host, allowHosts = [], token }: GuardOptions): MiddlewareHandler {
  const names = new Set([...namesOf(host), ...allowHosts.map((name) => nameOf(name))]);
  return async (c, next) => {
    for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    const place = (c.req.header('host') ?? '').toLowerCase();
    const asked = nameOf(place);
    if (!names.has(asked)) return refuse(c, 421, `served under ${[...names].join(', ')} only`, asked);
    if (isForeign(c, place)) return refuse(c, 403, 'requests of its own page only', 'one of another site');
    if (token !== null && !mayEnter(c, token))
      return refuse(c, 401, 'the token that the server printed', 'none or another');
    if (token !== null && c.req.query('token') !== undefined) return enter(c, token);
    await next();
  };
}

/** Is this a host that only this machine reaches? */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Names that lead to this machine: of loopback, and of its interfaces where it is bound wider. */
function namesOf(host: string): Set<string> {
  const loopback = ['localhost', '127.0.0.1', '[::1]'];
  if (isLoopback(host)) return new Set([...loopback, bracketed(host)]);
  const own = Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? []);
  return new Set([...loopback, bracketed(host), hostname().toLowerCase(), ...own.map(bracketed)]);
}

function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host.toLowerCase();
}

/** `Host` without its port. */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}

/** Sent by a page of another site or port than `place`. Opening the page itself from a link is welcome. */
function isForeign(c: Context, place: string): boolean {
  const origin = c.req.header('origin');
  if (origin !== undefined && origin !== 'null' && authorityOf(origin) !== authorityOf(`http://${place}`))
    return true;
  if (origin === 'null') return true;
  const site = c.req.header('sec-fetch-site');
  const isOpening = c.req.header('sec-fetch-mode') === 'navigate' && c.req.method === 'GET';
  return (site === 'cross-site' || site === 'same-site') && !isOpening;
}

/** Name and port of an origin; that of its scheme where it tells none, which a proxy may add or leave out. */
function authorityOf(origin: string): string {
  return origin
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/:(80|443)$/, '');
}

function mayEnter(c: Context, token: string): boolean {
  const bearer = /^Bearer (.+)$/i.exec(c.req.header('authorization') ?? '')?.[1]; // programs, as Prometheus
  const shown = c.req.query('token') ?? getCookie(c, COOKIE) ?? bearer ?? '';
  const [a, b] = [Buffer.from(shown), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Keeps the token out of the address and of every link that follows. */
function enter(c: Context, token: string): Response {
  setCookie(c, COOKIE, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
  const url = new URL(c.req.url);
  url.searchParams.delete('token');
  return c.redirect(`${url.pathname}${url.search}`, 303);
}

function refuse(c: Context, status: 401 | 403 | 421, expected: string, received: string): Response {
  return c.json({ error: { code: 'usage', path: 'request', expected, received } }, status);
}
