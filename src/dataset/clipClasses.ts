// What a clip says of its classes: one, or several. Nothing here reads a file, so that a page can learn from clips too.

/** What a clip says of its classes. */
export interface ClipClasses {
  /** Place of its first class in `Dataset.classes`. */
  classIndex: number;
  /** Places of all its classes, rising, where it has several. */
  classIndices?: readonly number[];
}

/** Places of a clip's classes in `Dataset.classes`: one, or several. */
export function classIndicesOf({ classIndex, classIndices }: ClipClasses): readonly number[] {
  return classIndices ?? [classIndex];
}
