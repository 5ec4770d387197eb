// Where the page's data comes from: the server, files of the same names beside a static copy of the page, or parts of the
// page where it is one file.
// What comes is parsed by the schemas of the contract; what fails is a Fault with the server's own words.
import { signal } from '@preact/signals';
import type { ZodType } from 'zod';
import { ApiError, ClipLabels } from '../../src/server/api.js';
import { texts } from './words/index.js';
import { embeddedText, embeddedUrl, isOneFile } from './embedded.js';

/** What went wrong, for people. `status` 0: nobody answered. */
export class Fault extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** What somebody else saved, where a label was refused as stale. */
    readonly current: ClipLabels | null = null,
  ) {
    super(message);
  }
}

/** Is there a server, as far as the last request or event says? */
export const isLost = signal(false);

/** The address of an API path; relative, so that the page works under any path. */
export function addressOf(path: string): string {
  return embeddedUrl(`api/${path}`) ?? new URL(`api/${path}`, document.baseURI).href;
}

/** Asks for JSON of a form. Throws a {@link Fault}, and the reason of an abort. */
export async function ask<T>(
  path: string,
  form: ZodType<T>,
  { signal: abort, method = 'GET', body }: { signal?: AbortSignal; method?: string; body?: unknown } = {},
): Promise<T> {
  const { status, value } = isOneFile
    ? await inside(path)
    : await answered(await send(path, { signal: abort, method, body }));
  if (status >= 400) throw faultOf(status, value);
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Fault(texts.value.clips.otherVersion(path, `${issue?.path.join('.')} ${issue?.message}`), status);
}

/** What a part of the page says. */
async function inside(path: string): Promise<{ status: number; value: unknown }> {
  const text = await embeddedText(`api/${path}`);
  if (text === null) throw new Fault(texts.value.app.notInFile, 404);
  return { status: 200, value: JSON.parse(text) };
}

async function answered(response: Response): Promise<{ status: number; value: unknown }> {
  return { status: response.status, value: await response.json().catch(() => undefined) };
}

async function send(
  path: string,
  { signal: abort, method, body }: { signal?: AbortSignal; method: string; body?: unknown },
): Promise<Response> {
  const isBytes = body instanceof Blob;
  try {
    const response = await fetch(addressOf(path), {
      method,
      signal: abort,
      ...(body === undefined ? {} : { body: isBytes ? body : JSON.stringify(body) }),
      ...(body === undefined || isBytes ? {} : { headers: { 'Content-Type': 'application/json' } }),
    });
    isLost.value = false;
    return response;
  } catch (error) {
    if (abort?.aborted) throw error;
    isLost.value = true;
    throw new Fault(texts.value.clips.noAnswer, 0);
  }
}

/** What a server says of a request that failed, in its own words. */
export function faultOf(status: number, value: unknown): Fault {
  const facts = ApiError.safeParse(value);
  const current = ClipLabels.safeParse((value as { current?: unknown } | undefined)?.current);
  if (!facts.success) return new Fault(texts.value.clips.status(status), status);
  const { path, expected, received, hint } = facts.data.error;
  const got = received === undefined ? '' : `, got ${received}`;
  const help = hint === undefined ? '' : ` (${hint})`;
  return new Fault(`${path}: ${expected}${got}${help}`, status, current.success ? current.data : null);
}
