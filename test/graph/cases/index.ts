// One table for the whole battery: each operation with a case worked by hand; gradients are checked on
// every case whose operation has a derivative, by central differences.
import { pairs, unary } from './arithmetic.js';
import type { Case } from './case.js';
import { moves, reductions } from './moves.js';
import { windows } from './windows.js';

export type { Case } from './case.js';

/** All cases. */
export const cases: readonly Case[] = [...pairs, ...unary, ...moves, ...reductions, ...windows];
