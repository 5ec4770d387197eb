// A list or annotations on the command line, in place of class folders.
import { Option } from 'commander';
import type { AnnotationSource } from '../data/index.js';
import { WhereWhenError } from '../errors.js';

/** What commander makes of {@link annotationOptions}. */
export interface AnnotationOptions {
  annotations?: string;
  format?: string;
  split?: string;
}

/** `--annotations`, `--format` and `--split`. */
export function annotationOptions(): Option[] {
  return [
    new Option(
      '--annotations <path>',
      'list or annotations that name the clips below DATA, in place of class folders: CSV, JSON, official lists, tool exports',
    ),
    new Option(
      '--format <name>',
      'of --annotations, where its looks do not tell: csv, json, ucf101, hmdb51, ...',
    ),
    new Option('--split <n>', 'official split of --annotations (default: 1)').choices(['1', '2', '3']),
  ];
}

/** The source that the options name. Throws `usage` for a format or split without annotations. */
export function annotationSource({
  annotations,
  format,
  split,
}: AnnotationOptions): AnnotationSource | undefined {
  if (annotations !== undefined)
    return { path: annotations, format, ...(split !== undefined && { split: Number(split) }) };
  const lone = format !== undefined ? '--format' : split !== undefined ? '--split' : undefined;
  if (lone === undefined) return undefined;
  throw new WhereWhenError({
    code: 'usage',
    path: lone,
    expected: 'to stand beside --annotations',
    received: 'alone',
  });
}
