// A value from outside against the form that it must have, told by the field at fault.
import type { z } from 'zod';
import { WhereWhenError } from './errors.js';

/**
 * `value` in its form. Throws `format` that names `path` and the first field at fault, as `truth.json > clips > 0`, and
 * gives `hint`.
 */
export function checked<T>(path: string, value: unknown, form: z.ZodType<T>, hint?: string): T {
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new WhereWhenError({
    code: 'format',
    path: [path, ...issue.path.map(String)].join(' > '),
    expected: issue.message,
    ...(hint !== undefined && { hint }),
  });
}
