// When may the next value of a state be written over the current one? When every node that reads the
// current value has run before the node that writes the next one, whatever order the engine chooses: then
// a large model's state needs one buffer instead of two. True of Adam's moments, and of weights whose
// last reader is made to come first (`after` in graph/).
import { reachable, type Expr, type Graph } from '../graph/index.js';

/** Operations that compute element by element, so that an input may share the output's memory. */
const elementwise = new Set(['add', 'sub', 'mul', 'div', 'maximum', 'minimum']);

/** Operations whose result always lies in memory of its own; all others might be views of their input. */
const fresh = new Set([
  'matMul',
  'conv',
  'sum',
  'mean',
  'square',
  'sqrt',
  'convWeightGradient',
  'convInputGradient',
]);

/** The names of the states whose next value may be written over the current one. */
export function inPlaceUpdates(graph: Graph): Set<string> {
  const nodes = reachable([...Object.values(graph.outputs), ...graph.updates.map((update) => update.next)]);
  const readers = readersOf(nodes);
  const exposed = new Set<Expr>(Object.values(graph.outputs));
  const safe = new Set<string>();
  for (const { parameter, next } of graph.updates) {
    const others = graph.updates.filter((update) => update.next !== next).map((update) => update.next);
    const views = viewsOf(parameter, readers, next);
    const seenOutside = views.some((view) => exposed.has(view) || others.includes(view));
    if (!seenOutside && isLast(next, parameter, views, readers)) safe.add(parameter.name!);
  }
  return safe;
}

/** True when every reader of the parameter and its views is `next` or computed before it. */
function isLast(next: Expr, parameter: Expr, views: readonly Expr[], readers: Map<Expr, Expr[]>): boolean {
  if (next === parameter || !elementwise.has(next.op.name) || !sameLengths(next, parameter)) return false;
  const before = new Set(reachable([next]));
  return views.every((view) =>
    (readers.get(view) ?? []).every((reader) =>
      reader === next ? sameLengths(view, next) : before.has(reader),
    ),
  );
}

/** The parameter and everything that might be the same memory under another shape. */
function viewsOf(parameter: Expr, readers: Map<Expr, Expr[]>, next: Expr): Expr[] {
  const views = [parameter];
  for (const view of views) {
    for (const reader of readers.get(view) ?? []) {
      if (reader !== next && mayBeView(reader) && !views.includes(reader)) views.push(reader);
    }
  }
  return views;
}

/** An operation on one varying input might be simplified away by the engine (times one, reshape, slice of all). */
function mayBeView(node: Expr): boolean {
  if (fresh.has(node.op.name)) return false;
  return (
    node.inputs.filter((input) => input.value === undefined).length === 1 || !elementwise.has(node.op.name)
  );
}

function sameLengths(a: Expr, b: Expr): boolean {
  return a.shape.join() === b.shape.join();
}

function readersOf(nodes: readonly Expr[]): Map<Expr, Expr[]> {
  const readers = new Map<Expr, Expr[]>();
  for (const node of nodes) {
    for (const input of new Set(node.inputs)) {
      const known = readers.get(input);
      if (known) known.push(node);
      else readers.set(input, [node]);
    }
  }
  return readers;
}
