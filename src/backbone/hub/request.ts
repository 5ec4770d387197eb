// What is asked of the hub, and what each kind of refusal means to a person.
import { formatError, missingError, WhereWhenError } from '../../errors.js';
import type { Environment } from '../../environment.js';
import type { HubModel } from './catalogue.js';

const publicEndpoint = 'https://huggingface.co';

/** What the hub says of a file before it is fetched. */
export interface HubFile {
  url: string;
  commit: string;
  sha256: string;
  bytes: number;
}

/** How the hub is spoken to. */
export interface HubOptions {
  /** `HF_ENDPOINT`, `HF_TOKEN`, `HF_HUB_OFFLINE`, and where the cache lies; by default the process's own. */
  environment?: Environment;
  signal?: AbortSignal;
  /** Seconds without a byte after which a connection counts as dead. */
  stallSeconds?: number;
  /** Seconds after which a hub that does not answer is out of reach; `stallSeconds` without it. */
  answerSeconds?: number;
}

const withinReach = 'the hub within reach';

/** Did the hub not answer at all, or is it not to be asked? */
export function isUnreachable(error: unknown): boolean {
  return error instanceof WhereWhenError && error.code === 'missing' && error.expected === withinReach;
}

/** The one line for a machine that cannot reach the hub: which file to bring, and the option that takes it. */
export function unreachable(model: HubModel, received: string, cause?: unknown): WhereWhenError {
  return missingError(
    model.name,
    withinReach,
    received,
    `bring ${bringHint(model, ' from a machine that has a network')}`,
    cause,
  );
}

/** `model.safetensors of timm/resnet50.tv_in1k and name it: --weights FILE`. */
export function bringHint({ kind, file, repository }: HubModel, where = ''): string {
  return `${file} of ${repository}${where} and name it: ${kind === 'onnx' ? '--backbone onnx:FILE' : '--weights FILE'}`;
}

/** Headers of every request; the token is sent to the hub itself only. */
export function headersFor({ HF_TOKEN }: Environment): Record<string, string> {
  const headers = { 'user-agent': 'wherewhen', 'accept-encoding': 'identity' };
  return HF_TOKEN ? { ...headers, authorization: `Bearer ${HF_TOKEN}` } : headers;
}

/** A request that fails when nothing answers in time. */
export async function ask(url: string, init: RequestInit, options: HubOptions): Promise<Response> {
  const quiet = new AbortController();
  const timer = setTimeout(
    () => quiet.abort(new Error('no answer in time')),
    (options.answerSeconds ?? options.stallSeconds ?? 30) * 1000,
  );
  const signal = AbortSignal.any([
    quiet.signal,
    ...[options.signal ?? []].flat(),
    ...[init.signal ?? []].flat(),
  ]);
  try {
    return await fetch(url, { ...init, signal });
  } finally {
    clearTimeout(timer);
  }
}

/** Looks the file up: where it is, which commit, how long, which hash. Throws `missing` and `format`. */
export async function lookUp(model: HubModel, options: HubOptions): Promise<HubFile> {
  const { environment = process.env } = options;
  if (/^(1|true|yes|on)$/i.test(environment.HF_HUB_OFFLINE ?? '')) {
    throw unreachable(model, '--offline or HF_HUB_OFFLINE is set');
  }
  const endpoint = (environment.HF_ENDPOINT || publicEndpoint).replace(/\/+$/, '');
  const url = `${endpoint}/${model.repository}/resolve/main/${model.file}`;
  const { response, url: last } = await head(url, model, options);
  refuse(response, model);
  const header = (name: string): string | undefined => response.headers.get(name) ?? undefined;
  const sha256 = (header('x-linked-etag') ?? header('etag') ?? '').replace(/^W\/|"/g, '');
  const bytes = Number(header('x-linked-size') ?? header('content-length'));
  const commit = header('x-repo-commit') ?? '';
  const isKnown = /^[0-9a-f]{64}$/.test(sha256) && /^[0-9a-f]{40}$/.test(commit) && bytes > 0;
  if (isKnown) return { url: last, commit, sha256, bytes };
  throw formatError(
    url,
    'an answer with commit, size and SHA-256 of the file',
    `commit ${commit || 'none'}, size ${bytes || 'none'}, hash ${sha256 || 'none'}`,
    'is HF_ENDPOINT a hub? A proxy may have taken the headers away',
  );
}

/** Follows redirects within the hub; the one that leads to the storage carries the headers and ends the way. */
async function head(
  start: string,
  model: HubModel,
  options: HubOptions,
): Promise<{ response: Response; url: string }> {
  let url = start;
  const headers = headersFor(options.environment ?? process.env);
  for (let step = 0; step < 5; step++) {
    const response = await ask(url, { method: 'HEAD', redirect: 'manual', headers }, options).catch(
      (cause: Error) => {
        if (options.signal?.aborted) throw cause;
        throw unreachable(model, reasonOf(cause), cause);
      },
    );
    const location = response.headers.get('location');
    const isRelative = location !== null && new URL(location, url).origin === new URL(url).origin;
    if (response.status < 300 || response.status >= 400 || !isRelative) return { response, url };
    if (response.headers.get('x-linked-etag')) return { response, url };
    url = new URL(location, url).href;
  }
  throw unreachable(model, 'a circle of redirects');
}

/** Throws unless the hub gave the file or says where it is. */
export function refuse({ status }: Response, model: HubModel): void {
  if (status < 400) return;
  if (status === 404) {
    throw missingError(
      model.name,
      `${model.repository} with ${model.file} on the hub`,
      'nothing of that name (404)',
      '`wherewhen backbone list` shows the usual ones',
    );
  }
  if (status === 401 || status === 403) {
    throw missingError(
      model.name,
      `leave to read ${model.repository}`,
      `status ${status}`,
      'HF_TOKEN holds the token of an account that may',
    );
  }
  throw unreachable(model, `status ${status}`);
}

/** The reason inside what `fetch` throws. */
export function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && message === 'fetch failed' ? reasonOf(cause) : message || String(error);
}
