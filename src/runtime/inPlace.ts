// When may the next value of a state be written over the current one? When every node that reads the
// current value has run before the node that writes the next one, whatever order the engine chooses: then
// a large model's state needs one buffer instead of two. It holds for Adam's moments as they are. Weights
// have readers that nothing orders (the gradient for a layer's input); the learning rate is made to wait
// for those, so that it holds for weights too.
import { after } from '../graph/ops/after.js';
import { Expr, type Graph } from '../graph/index.js';
import { reachable } from '../graph/gradients.js';

/** Operations that compute element by element, so that an input may share the output's memory. */
const elementwise = new Set(['add', 'sub', 'mul', 'div', 'maximum', 'minimum']);

/** Operations whose result always lies in memory of its own; all others might be views of their input. */
const fresh = new Set(['matMul', 'conv', 'convWeightGradient', 'convInputGradient', 'sum', 'square', 'sqrt']);

/** An equal graph, and the names of the states whose next value may be written over the current one. */
export interface Ordered {
  graph: Graph;
  inPlace: ReadonlySet<string>;
}

/** Orders the updates of a graph so that as many as possible may be written in place. */
export function orderUpdates(graph: Graph): Ordered {
  const nodes = reachable([...Object.values(graph.outputs), ...graph.updates.map((update) => update.next)]);
  const readers = readersOf(nodes);
  const kept = new Set([...Object.values(graph.outputs), ...graph.updates.map((update) => update.next)]);
  const inPlace = new Set<string>();
  const updates = graph.updates.map(({ parameter, next }) => {
    const ordered = writeLast(parameter, next, readers, kept);
    if (ordered) inPlace.add(parameter.name!);
    return { parameter, next: ordered ?? next };
  });
  return { graph: { outputs: graph.outputs, updates }, inPlace };
}

/** `next`, made to wait for all readers of the parameter; undefined where it cannot be shown that it does. */
function writeLast(parameter: Expr, next: Expr, readers: Readers, kept: Set<Expr>): Expr | undefined {
  if (next === parameter || !elementwise.has(next.op.name) || !isLike(next, parameter)) return undefined;
  const before = new Set(reachable([next]));
  const late = new Set<Expr>();
  const views = [parameter];
  for (const view of views) {
    if (kept.has(view)) return undefined; // it is an output, or the next value of another state
    for (const reader of readers.get(view) ?? []) {
      if (reader === next && !isLike(view, next)) return undefined;
      if (reader === next) continue;
      if (!before.has(reader)) late.add(reader);
      if (mayBeView(reader)) views.push(reader);
    }
  }
  if (late.size === 0) return next;
  const isReadElsewhere = (readers.get(next)?.length ?? 0) > 0; // the original would go on reading beside its late twin
  return isReadElsewhere ? undefined : waiting(next, [...late]);
}

/** `next = a op (b * s)` with a scalar `s` computed in the graph, as optimisers end: `s` waits for `others`. */
function waiting(next: Expr, others: readonly Expr[]): Expr | undefined {
  const [kept, moved] = next.inputs;
  if (moved?.op.name !== 'mul' || moved.inputs.length !== 2) return undefined;
  const [step, scale] = moved.inputs as [Expr, Expr];
  const mayWait =
    scale.rank === 0 && scale.value === undefined && others.every((other) => other.dtype === scale.dtype);
  if (!mayWait) return undefined;
  const late = Expr.make(moved.op, [step, after(scale, others)], moved.attributes);
  return Expr.make(next.op, [kept!, late], next.attributes);
}

/** An operation on one varying input might be simplified away by the engine (times one, reshape, slice of all). */
function mayBeView(node: Expr): boolean {
  if (fresh.has(node.op.name)) return false;
  return (
    node.inputs.filter((input) => input.value === undefined).length === 1 || !elementwise.has(node.op.name)
  );
}

function isLike(a: Expr, b: Expr): boolean {
  return a.dtype === b.dtype && a.shape.join() === b.shape.join();
}

type Readers = Map<Expr, Expr[]>;

function readersOf(nodes: readonly Expr[]): Readers {
  const readers: Readers = new Map();
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const known = readers.get(input);
      if (known) known.push(node);
      else readers.set(input, [node]);
    }
  }
  return readers;
}
