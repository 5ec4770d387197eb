// What a stored clip says of its video, checked: files that another program wrote, or an earlier version, are told by name.
import { z } from 'zod';
import { formatError, WhereWhenError } from '../errors.js';

const whole = z.number().int().min(0);

/** What every reader of stored clips looks at; there may be more. */
const Facts = z.looseObject({
  info: z.looseObject({
    width: whole.min(1),
    height: whole.min(1),
    frames: whole,
    durationSeconds: z.number(),
    frameRate: z.number(),
  }),
  damagedFrames: whole,
  missingFrames: whole,
  warnings: z.array(z.string()),
});

/** The facts in the metadata of the stored clip at `path`. Throws `format`. */
export function storedFacts<T extends object>(text: string, path: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw wrong(path, (cause as Error).message);
  }
  const parsed = Facts.safeParse(value);
  if (parsed.success) return value as T;
  const [issue] = parsed.error.issues;
  throw wrong(path, `${issue!.path.join('.')}: ${issue!.message}`);
}

function wrong(path: string, received: string): WhereWhenError {
  const hint = 'remove it: the command that needs it stores it anew';
  return formatError(path, 'facts of a stored clip', received, hint);
}
