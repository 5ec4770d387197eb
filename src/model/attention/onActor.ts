// The actor before any form that reads whole frames: what lies outside the box of whoever acts counts as nothing. The paper's
// forms and soft attention then follow one person through the clip instead of the picture (`isOnActor` of their settings).
import { add, div, max, mul, reshape, type Expr } from '../../graph/index.js';
import type { Scope } from '../scope.js';

/** The inputs of heads that look at an actor: `actor [N,n,h,w]`, and `motion [N,R+1]` of settings that have it. */
export const actorInputs = { shares: 'actor', motion: 'motion' } as const;

/** Do settings of a form say that it sees the actor alone? */
export function isOnActor(settings: { form: string; isOnActor?: boolean }): boolean {
  return settings.isOnActor === true;
}

/** `M_ip X_ip` of features `[N,n,C,h,w]`, with `M` the shares of the actor over the largest of their frame. */
export function onActor(scope: Scope, features: Expr): Expr {
  const [N, n, , h, w] = features.shape as [number, number, number, number, number];
  const masks = actorMasks(scope.input(actorInputs.shares, [N, n, h, w]));
  return mul(features, reshape(masks, [N, n, 1, h, w]));
}

/** Shares `[N,n,h,w]` over the largest of their frame. */
export function actorMasks(shares: Expr): Expr {
  return div(shares, add(max(shares, { axes: [2, 3], keepDims: true }), 1e-12));
}
