// A value from outside against the form that it must have, told by the field at fault, or against the names that are known.
import type { z } from 'zod';
import { formatError, usageError } from './errors.js';

/**
 * `value` in its form. Throws `format` that names `path` and the first field at fault, as `truth.json > clips > 0`, and
 * gives `hint`.
 */
export function checked<T>(path: string, value: unknown, form: z.ZodType<T>, hint?: string): T {
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw formatError([path, ...issue.path.map(String)].join(' > '), issue.message, undefined, hint);
}

/** `name`, if it is among `names`. Throws `usage` that names `path` and lists them. */
export function oneOf<Name extends string>(names: readonly Name[], path: string, name: string): Name {
  const known = names.find((one) => one === name);
  if (known !== undefined) return known;
  throw usageError(path, `one of ${names.join(', ')}`, name);
}
