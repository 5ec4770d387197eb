// What a graph becomes before it leaves for the engine: the model's bytes, and which of its names are
// feeds, state, updates and outputs.
import { isInput, isParameter } from '../graph/expr.js';
import { nextName } from '../graph/onnx.js';
import { reachable } from '../graph/gradients.js';
import { toOnnx, type Expr, type Graph } from '../graph/index.js';
import { orderUpdates } from './inPlace.js';
import type { ValueSpec } from './program.js';
import type { ProgramPlan, StateUpdate } from './protocol.js';

/** A graph's plan with what the client checks at its door. */
export interface GraphPlan extends ProgramPlan {
  readonly model: Uint8Array;
  readonly feeds: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
}

/** Writes the graph and names its parts; `isPlain` as for `toOnnx`. */
export function planOf(given: Graph, { isPlain = false } = {}): GraphPlan {
  const { graph, inPlace } = orderUpdates(given);
  const nodes = reachable([...Object.values(graph.outputs), ...graph.updates.map((update) => update.next)]);
  const updates: StateUpdate[] = graph.updates.map(({ parameter }) => ({
    name: parameter.name!,
    output: nextName(parameter.name!),
    inPlace: inPlace.has(parameter.name!),
  }));
  const written = graph.updates.map((update) => update.parameter);
  return {
    model: toOnnx(graph, { isPlain }),
    feeds: nodes.filter(isInput).map((node) => specOf(node.name!, node)),
    state: [...new Set([...nodes.filter(isParameter), ...written])].map((node) => specOf(node.name!, node)),
    outputs: Object.entries(graph.outputs).map(([name, node]) => specOf(name, node)),
    updates,
  };
}

function specOf(name: string, { dtype, shape }: Expr): ValueSpec {
  return { name, dtype, shape };
}
