// The form of a case of the battery, and the numbers that it is fed.
import type { Expr } from '../../../src/graph/index.js';
import type { Feed } from '../evaluate.js';

/** A case: the operation it is for, what is fed, what is built, and the numbers worked by hand. */
export interface Case {
  operation: string;
  title: string;
  feeds: Feed[];
  build: (...inputs: Expr[]) => Expr;
  expected?: number[];
  /** Inputs behind stopGradient: central differences see through it. */
  still?: number[];
}

export const f = (shape: number[], ...data: number[]): Feed => ({ shape, data });
export const int = (shape: number[], ...data: number[]): Feed => ({ shape, data, dtype: 'int64' });

/** Numbers that repeat nowhere and stay away from the corners of relu, abs and max: 0.3, -0.8, ... */
export function spread(...shape: number[]): Feed {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = Array.from({ length: size }, (_, i) => (((i * 37) % 101) / 101 - 0.47) * 2);
  return { shape, data };
}

export const positive = (...shape: number[]): Feed => {
  const feed = spread(...shape);
  return { ...feed, data: Array.from(feed.data as number[], (x) => x + 1.2) };
};
