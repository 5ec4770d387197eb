// Several ONNX models as one, each fed by those before it: names are put apart by a prefix, and nodes of an older version
// of ONNX's operations are brought to the newest that one of the models has.
import schema from 'onnx-proto';
import { decodeModel } from './decodeModel.js';
import { formatError, WhereWhenError } from '../errors.js';

const { onnx } = schema;
type Model = InstanceType<typeof onnx.ModelProto>;
type GraphMessage = InstanceType<typeof onnx.GraphProto>;
type NodeMessage = GraphMessage['node'][number];

/** One of the models that are joined. */
export interface OnnxPart {
  model: Uint8Array;
  /** Goes before every name in it; distinct for each part. */
  prefix: string;
  /**
   * What its inputs are fed with, `PREFIX` of an earlier part and the name of an output of it; others stay inputs. A text
   * alone feeds the first input, whatever its name.
   */
  feeds?: Readonly<Record<string, string>> | string;
  /** Names the file, for errors. */
  path?: string;
}

/** What a joined model says beside its graph. */
export interface JoinOptions {
  metadata?: Readonly<Record<string, string>>;
}

/** Operations whose meaning before version 13 is not that of today; networks that have them are refused. */
const CHANGED =
  /^(Softmax|LogSoftmax|Squeeze|Unsqueeze|ReduceSum|Split|Clip|Pad|Resize|Upsample|Slice|Dropout|TopK)$/;

/**
 * The parts as one model: its inputs are those that no part feeds, its outputs those of the last part under their own
 * names. Throws `format` for parts with weights in files of their own, or operations too old to be joined.
 */
export function joinOnnx(parts: readonly OnnxPart[], { metadata = {} }: JoinOptions = {}): Uint8Array {
  const models = parts.map(({ model }) => decodeModel(model));
  const version = Math.max(...models.map(versionOf));
  const graph = onnx.GraphProto.create({ name: 'wherewhen' });
  const domains = new Map<string, number>([['', version]]);
  parts.forEach((part, i) => {
    const model = models[i]!;
    for (const { domain, version: own } of model.opsetImport ?? [])
      if (domain) domains.set(domain, Math.max(domains.get(domain) ?? 0, Number(own)));
    addPart(graph, model, part, { version, isLast: i === parts.length - 1 });
  });
  const joined = onnx.ModelProto.create({
    irVersion: Math.max(...models.map(({ irVersion }) => Number(irVersion))),
    opsetImport: [...domains].map(([domain, own]) => ({ domain, version: own })),
    producerName: 'wherewhen',
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph,
  });
  return onnx.ModelProto.encode(joined).finish();
}

function versionOf({ opsetImport }: Model): number {
  return Number(opsetImport?.find(({ domain }) => !domain || domain === 'ai.onnx')?.version ?? 1);
}

function addPart(
  graph: InstanceType<typeof onnx.GraphProto>,
  model: Model,
  { prefix, feeds: given = {}, path = prefix }: OnnxPart,
  { version, isLast }: { version: number; isLast: boolean },
): void {
  const own = model.graph!;
  const weights = new Set((own.initializer ?? []).map(({ name }) => name));
  const outputs = new Set((own.output ?? []).map(({ name }) => name));
  const inputs = (own.input ?? []).filter(({ name }) => !weights.has(name)); // old files list their weights as inputs
  const feeds = typeof given === 'string' ? { [inputs[0]?.name ?? '']: given } : given;
  const free = new Set(inputs.map(({ name }) => name!).filter((name) => feeds[name] === undefined));
  const named = (name: string): string => {
    if (name === '' || free.has(name)) return name;
    if (feeds[name] !== undefined) return feeds[name];
    return isLast && outputs.has(name) ? name : `${prefix}${name}`;
  };
  for (const tensor of own.initializer ?? []) {
    if ((tensor.externalData ?? []).length > 0) throw fault(path, 'weights inside the file', tensor.name!);
    graph.initializer.push(onnx.TensorProto.create({ ...tensor, name: named(tensor.name!) }));
  }
  const change = { from: versionOf(model), to: version, path };
  for (const node of own.node ?? []) {
    const renamed = renamedNode(node, prefix, named);
    graph.node.push(renewed(renamed, { ...change, constants: graph.initializer }));
  }
  graph.input.push(...inputs.filter(({ name }) => free.has(name!)));
  if (isLast) graph.output.push(...(own.output ?? []));
}

/** A node with its names put apart, those in its branches too. */
function renamedNode(node: NodeMessage, prefix: string, named: (name: string) => string): NodeMessage {
  const inside = (graph: GraphMessage): GraphMessage =>
    onnx.GraphProto.create({
      ...graph,
      node: (graph.node ?? []).map((inner) => renamedNode(inner, prefix, named)),
      initializer: (graph.initializer ?? []).map((one) => ({ ...one, name: named(one.name ?? '') })),
      input: (graph.input ?? []).map((one) => ({ ...one, name: named(one.name ?? '') })),
      output: (graph.output ?? []).map((one) => ({ ...one, name: named(one.name ?? '') })),
      valueInfo: [],
    });
  return onnx.NodeProto.create({
    ...node,
    name: node.name ? `${prefix}${node.name}` : '',
    input: (node.input ?? []).map(named),
    output: (node.output ?? []).map(named),
    attribute: (node.attribute ?? []).map((attribute) => ({
      ...attribute,
      ...(attribute.g && { g: inside(attribute.g as GraphMessage) }),
      ...(attribute.graphs?.length && { graphs: attribute.graphs.map((one) => inside(one as GraphMessage)) }),
    })),
  });
}

interface Change {
  from: number;
  to: number;
  path: string;
  /** Takes what becomes an input of its own. */
  constants: GraphMessage['initializer'];
}

/** A node, and those in its branches, as the newer version writes it. */
function renewed(node: NodeMessage, change: Change): NodeMessage {
  const { from, to, constants, path } = change;
  const attributes = node.attribute ?? [];
  for (const { g, graphs } of attributes)
    for (const inner of [g, ...(graphs ?? [])]) for (const one of inner?.node ?? []) renewed(one, change);
  if (node.domain || from >= to) return node;
  if (from < 13 && CHANGED.test(node.opType!))
    throw fault(path, 'operations of version 13 or newer', `${node.opType} of version ${from}`);
  const axes = attributes.find(({ name }) => name === 'axes');
  if (to >= 18 && node.opType!.startsWith('Reduce') && axes && (node.input ?? []).length === 1) {
    const name = `${node.output![0]}/axes`;
    const { INT64 } = onnx.TensorProto.DataType;
    constants.push(
      onnx.TensorProto.create({ name, dataType: INT64, dims: [axes.ints!.length], int64Data: axes.ints! }),
    );
    node.input = [...node.input!, name];
    node.attribute = attributes.filter((one) => one !== axes);
  }
  if (to >= 18 && node.opType === 'Split' && (node.input ?? []).length === 1) {
    const { INT } = onnx.AttributeProto.AttributeType;
    const i = node.output!.length;
    node.attribute = [...attributes, onnx.AttributeProto.create({ name: 'num_outputs', type: INT, i })];
  }
  return node;
}

function fault(path: string, expected: string, received: string): WhereWhenError {
  return formatError(
    path,
    expected,
    received,
    '`export --web` writes backbone and head as files of their own',
  );
}
