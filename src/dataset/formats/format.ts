// What an annotation format is: how it is known, how it is read and, where answers go out in it, how it is written.
import type { Annotations, ReaderOptions } from './form.js';
import type { WrittenClip, WrittenFile } from './written.js';

/** One annotation format. Its `path` is its file or its folder, as the set ships it. */
export interface AnnotationFormat {
  readonly name: string;
  readonly reads: string;
  /** How a file or a folder is known to be of the format. A format without looks is read where it is named. */
  readonly looksLike?: Looks;
  /** Boxes are left as the set ships them, beyond the picture too: published figures count them so. */
  readonly isOfficial?: boolean;
  /** `ReaderOptions.attribute` has a meaning for the format. */
  readonly takesAttribute?: true;
  /** Throws `WhereWhenError` naming file and line (or field) where something cannot be read. */
  read(path: string, options?: ReaderOptions): Promise<Annotations>;
  /** For a format that answers are written in. */
  readonly written?: Written;
}

/** How a format is written. */
export interface Written {
  /** The usual ending of its file, `.json`. */
  readonly ending: string;
  /** What of a clip the format has a place for. */
  readonly holds: readonly ('boxes' | 'segments')[];
  /** A file holds one clip, so that several clips need several files. */
  readonly isPerClip?: boolean;
  /** The format is a folder: the names of its files are paths in it. */
  readonly isFolder?: boolean;
  /** The file, and files that belong beside it. */
  write(clips: readonly WrittenClip[]): WrittenFile[];
}

/** A format by what reads it, with the rules that hold for every format. */
export interface AnnotationReader {
  readonly format: string;
  readonly reads: string;
  readonly takesAttribute?: true;
  /** As {@link AnnotationFormat}'s own. */
  read(path: string, options?: ReaderOptions): Promise<Annotations>;
}

/** A format by what writes it. */
export interface AnnotationWriter extends Written {
  readonly format: string;
}

/** How a format is known, by the kinds of things that it lies in. */
export interface Looks {
  /** Files with these endings are of no other format: `.eaf`. */
  readonly endings?: readonly string[];
  /** A name that lies in a folder of the format. */
  readonly inFolder?: RegExp;
  /** That name may also lie in folders below, one a task, a sequence or a game. */
  readonly isNested?: true;
  /** The first line of a numbered text file, for a folder that holds nothing else. */
  readonly frameLine?: RegExp;
  /** Of a table: `.csv`, `.tsv`, `.txt`, `.list`. */
  readonly table?: (table: TableLook) => Likeness;
  /** Of what a `.json` file holds; undefined for text that is no JSON. */
  readonly json?: (value: unknown) => Likeness;
}

/** The beginning of a table. */
export interface TableLook {
  file: string;
  /** Fields of the first line. */
  first: readonly string[];
  /** The same in lower case: names of columns, where it is a header. */
  names: readonly string[];
  /** The fields of the first fifty lines. */
  rows: readonly (readonly string[])[];
}

/** How much a look says; false for nothing. The format whose look says most is taken, of equals the first of the list. */
export type Likeness = false | (typeof LOOKS)[keyof typeof LOOKS];

/** What a look may go by, the surest last. */
export const LOOKS = {
  /** Nothing speaks against it. */
  likely: 1,
  /** As many fields as the format has. */
  fields: 2,
  /** Numbers where the format has them. */
  numbers: 3,
  /** Names that many formats have. */
  commonNames: 4,
  /** Names that no other format has. */
  ownNames: 5,
} as const;

/** Whether a value of a JSON file is an object with all of these fields. */
export function hasFields(value: unknown, ...fields: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && fields.every((field) => field in value);
}

/** The first thing in an object of things by name (videos, clips); undefined for a list. */
export function firstEntry(value: unknown): unknown {
  return Array.isArray(value) ? undefined : (Object.values((value ?? {}) as object)[0] as unknown);
}
