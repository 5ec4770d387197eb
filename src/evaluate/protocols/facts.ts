// What is told of a protocol beside its counting: reports print it, and nothing here reads a file.

/** One way of counting. `published` are figures of arXiv:1810.04511 v1 in percent, by threshold where there are any. */
export interface ProtocolFacts {
  name: string;
  measures: string;
  thresholds: readonly number[];
  splits: number;
  published: readonly number[];
  /** What its figures are not. */
  caution?: string;
}

/** The facts of the protocol `name`; without more it has one split, no thresholds, and no figure of the paper. */
export function factsOf(
  name: string,
  measures: string,
  more: Partial<Omit<ProtocolFacts, 'name' | 'measures'>> = {},
): ProtocolFacts {
  return { name, measures, thresholds: [], splits: 1, published: [], ...more };
}
