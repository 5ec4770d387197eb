// Reverse-mode differentiation: walks a graph from the loss back and asks each operation for its derivative.
import { sizeOf } from '../tensor.js';
import { constant, type Expr, isFloat, mustHold, sameShape, showShape, type Operation } from './expr.js';
import { expand } from './ops/compare.js';
import { add } from './ops/elementwise.js';
import { zeros } from './ops/indexing.js';
import { sum } from './ops/reduce.js';
import { reshape } from './ops/shape.js';

/**
 * Every node that `outputs` need, inputs before users, in the order in which they were made; nodes that are
 * `known` are left out, with all that only they need.
 */
export function reachable(outputs: readonly Expr[], known: (node: Expr) => boolean = () => false): Expr[] {
  const found = new Set<Expr>(outputs.filter((node) => !known(node)));
  for (const node of found) {
    for (const input of node.inputs) if (!known(input)) found.add(input); // a set grows while it is walked
  }
  return [...found].sort((a, b) => a.id - b.id);
}

/**
 * Gradients of a loss (one number) for each of `wrt`, as expressions of the same shapes; zeros where the
 * loss does not depend on it. Nodes are made only on paths that lead to `wrt`.
 */
export function gradients(loss: Expr, wrt: readonly Expr[]): Expr[] {
  mustHold(sizeOf(loss.shape) === 1, 'gradients', 'loss must be one number', () => showShape(loss.shape));
  const nodes = reachable([loss]);
  const open = onThePath(nodes, wrt);
  const terms = new Map<Expr, Expr[]>([[loss, [expand(constant(1, [], loss.dtype), loss.shape)]]]);
  const totals = new Map<Expr, Expr>();
  for (const node of nodes.reverse()) {
    const mine = terms.get(node);
    if (!mine || !open.has(node)) continue;
    terms.delete(node);
    const total = addUp(mine);
    totals.set(node, total);
    for (const [index, source] of node.inputs.entries()) {
      if (!open.has(source)) continue;
      const term = node.op.derivative?.(node, total, index, node.attributes);
      if (term) terms.set(source, [...(terms.get(source) ?? []), sumTo(term, source.shape)]);
    }
  }
  return wrt.map((x) => totals.get(x) ?? zeros(x.shape, x.dtype));
}

/** The nodes through which something of `wrt` reaches the loss. */
function onThePath(nodes: readonly Expr[], wrt: readonly Expr[]): Set<Expr> {
  const open = new Set<Expr>(wrt);
  for (const node of nodes) {
    const flows = node.op.derivative !== undefined && isFloat(node.dtype);
    if (flows && node.inputs.some((source) => open.has(source))) open.add(node);
  }
  return open;
}

/** `x` summed over the axes along which `shape` was broadcast. */
function sumTo(x: Expr, shape: readonly number[]): Expr {
  if (sameShape(x.shape, shape)) return x;
  const lead = x.rank - shape.length;
  const axes = x.shape.flatMap((n, axis) =>
    axis < lead || (shape[axis - lead] === 1 && n > 1) ? [axis] : [],
  );
  return reshape(sum(x, { axes, keepDims: true }), shape);
}

/** The sum of terms; terms of one operation that knows a cheaper sum are joined first. */
function addUp(terms: readonly Expr[]): Expr {
  const kinds = new Map<string | Expr, Expr[]>();
  for (const term of terms) {
    const kind = term.op.sumOf ? `${term.op.name}${JSON.stringify(term.attributes)}` : term;
    kinds.set(kind, [...(kinds.get(kind) ?? []), term]);
  }
  return [...kinds.values()].map(joined).reduce((total, term) => add(total, term));
}

function joined(alike: Expr[]): Expr {
  const [first] = alike;
  const op: Operation = first!.op;
  const one = alike.length > 1 ? op.sumOf?.(alike, first!.attributes) : undefined;
  return one ?? alike.reduce((total, term) => add(total, term));
}
