// A list or annotations on the command line, in place of class folders.
import { Option } from 'commander';
import type { AnnotationSource } from '../dataset/index.js';
import { usageError } from '../errors.js';

/** What commander makes of {@link annotationOptions}. */
export interface AnnotationOptions {
  annotations?: string;
  format?: string;
  split?: string;
  attribute?: string;
}

/** `--annotations`, `--format`, `--split` and `--attribute`. */
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
    attributeOption(),
    new Option('--split <n>', 'official split of --annotations (default: 1)').choices(['1', '2', '3']),
  ];
}

/** `--attribute`, alone where a command has its own words for the rest. */
export function attributeOption(): Option {
  return new Option(
    '--attribute <name>',
    'of --annotations: the attribute, control, tier or column that holds the class, where there are several',
  );
}

/** The source that the options name. Throws `usage` for a format or split without annotations. */
export function annotationSource({
  annotations,
  format,
  split,
  attribute,
}: AnnotationOptions): AnnotationSource | undefined {
  if (annotations !== undefined)
    return {
      ...{ path: annotations, format },
      ...(split !== undefined && { split: Number(split) }),
      ...(attribute !== undefined && { attribute }),
    };
  const given = { '--format': format, '--split': split, '--attribute': attribute };
  const lone = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (lone === undefined) return undefined;
  throw usageError(lone, 'to stand beside --annotations', 'alone');
}
