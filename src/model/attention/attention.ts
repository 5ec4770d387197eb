// What a head of attention takes beside features, and what it answers.
import type { Expr } from '../../graph/index.js';
import type { Scope } from '../scope.js';

/** The answer of an attention head for `N` clips of `n` frames on an `h x w` grid with `K` classes. */
export interface Attention {
  /** What: `[N,K]`, before the softmax. */
  logits: Expr;
  /** When: `[N,T,n]`, each row sums to 1 over the frames; `T` is 1 but for the recurrent forms, where it is `n`. */
  weights: Expr;
  /** Where: `[N,n,h,w]`, in 0..1; a distribution over the cells of a frame where `logAttention` is given. */
  masks: Expr;
  /** Class evidence of every cell, `[N,n,h,w,K]`, where the form has it. */
  evidence?: Expr;
  /** Logarithm of one attention over all cells of all frames, `[N,n,h,w]`, where the form has it. */
  logAttention?: Expr;
  /** Logits of the plain mean over all cells by the same weights, `[N,K]`, where the form has them. */
  meanLogits?: Expr;
}

/** The sizes that a head reads from elsewhere than its own settings. */
export interface HeadOptions {
  classes: number;
  /** Ask for an input `placesMask [N,n,h,w]` (1 seen, 0 left out): each step may see a random part of the places. */
  placesMask?: boolean;
}

/** The equations of one form: features `[N,n,C,h,w]` to an answer. `settings` are its part of the model's config. */
export type AttentionHead<Settings> = (
  scope: Scope,
  features: Expr,
  settings: Settings,
  options: HeadOptions,
) => Attention;
