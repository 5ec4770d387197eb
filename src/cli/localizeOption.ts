// How boxes and segments are read from an answer: the same option for each command that answers.
import { Option } from 'commander';

/** The ways; said here too, so that `--help` loads nothing. */
const ways = ['evidence', 'script'] as const;

/** What commander makes of `--localize`. */
export interface WayOptions {
  localize?: (typeof ways)[number];
}

/** `--localize WAY` */
export function localizeOption(): Option {
  return new Option(
    '--localize <way>',
    "how boxes and segments are read: evidence, or script as the paper's released scripts do (default: the model's own)",
  ).choices(ways);
}
