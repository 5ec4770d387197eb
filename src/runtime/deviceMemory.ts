// State that stays on a GPU between steps: the next value that a step leaves there is fed to the next step
// as it is. Such a tensor's own `getData()` aborts the process, so values go up and come home through a
// graph that does nothing, whose output lies where it is wanted.
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-common';
import schema from 'onnx-proto';
import { decodeModel } from '../graph/index.js';
import { sizeOf, type DType, type Tensor, type Tensors } from '../tensor.js';
import { checkSpec, missingState } from './check.js';
import { plain, wrapAll, type Memory, type OnnxRuntime, type OrtTensors, type StepPlan } from './memory.js';
import type { ValueSpec } from './program.js';

const { onnx } = schema;

/** The nodes of a model that the WebGPU provider takes and cannot compute: MaxPool with its places. */
export function nodesForCpu(model: Uint8Array): string[] {
  const nodes = decodeModel(model).graph?.node ?? [];
  const onCpu = nodes.filter(({ opType, output }) => opType === 'MaxPool' && (output?.length ?? 0) > 1);
  return onCpu.map(({ name }) => name!);
}

/** What this memory needs beside. */
export interface DeviceOnnxRuntime extends OnnxRuntime {
  /** As `createSession`; the named outputs stay on the device, as tensors that can be fed again. */
  createDeviceSession(model: Uint8Array, kept: readonly string[]): Promise<InferenceSession>;
}

interface DeviceSlot {
  readonly dtype: DType;
  readonly shape: readonly number[];
  value: OrtTensor;
}

/** Named tensors on a device. */
export class DeviceMemory implements Memory {
  readonly #ort: DeviceOnnxRuntime;
  readonly #slots = new Map<string, DeviceSlot>();
  /** The do-nothing graphs by direction, dtype and rank. */
  readonly #carriers = new Map<string, InferenceSession>();

  constructor(ort: DeviceOnnxRuntime) {
    this.#ort = ort;
  }

  prepare({ model, updates }: StepPlan): Promise<InferenceSession> {
    return this.#ort.createDeviceSession(
      model,
      updates.map((update) => update.output),
    );
  }

  async step(
    session: InferenceSession,
    { state, updates }: Omit<StepPlan, 'model'>,
    feeds: Tensors,
    outputs: readonly string[],
  ): Promise<Tensors> {
    const given: OrtTensors = wrapAll(this.#ort, feeds);
    for (const { name } of state) given[name] = this.#slots.get(name)!.value;
    // All outputs, always: the binding looks up where an output is to lie by its place among those asked for.
    const results = await session.run(given);
    for (const { name, output } of updates) this.#replace(this.#slots.get(name)!, results[output]!);
    return Object.fromEntries(outputs.map((name) => [name, plain(results[name]!)]));
  }

  check(path: string, specs: readonly ValueSpec[]): void {
    this.#demand(
      path,
      specs.map((spec) => spec.name),
    );
    for (const spec of specs) checkSpec(`${path}.${spec.name}`, spec, this.#slots.get(spec.name)!);
  }

  async write(tensors: Tensors): Promise<void> {
    for (const [name, tensor] of Object.entries(tensors)) {
      const value = await this.#carry('up', tensor, wrapAll(this.#ort, { x: tensor }).x!);
      this.forget([name]);
      this.#slots.set(name, { dtype: tensor.dtype, shape: tensor.shape, value });
    }
  }

  async read(names: readonly string[] = [...this.#slots.keys()]): Promise<Tensors> {
    this.#demand('read', names);
    const home: Record<string, Tensor> = {};
    for (const name of names) {
      const slot = this.#slots.get(name)!;
      home[name] = { ...plain(await this.#carry('home', slot, slot.value)), shape: slot.shape };
    }
    return home;
  }

  forget(names: readonly string[] = [...this.#slots.keys()]): void {
    for (const name of names) {
      this.#slots.get(name)?.value.dispose();
      this.#slots.delete(name);
    }
  }

  async close(): Promise<void> {
    this.forget();
    for (const session of this.#carriers.values()) await session.release();
    this.#carriers.clear();
  }

  #replace(slot: DeviceSlot, value: OrtTensor): void {
    slot.value.dispose();
    slot.value = value;
  }

  async #carry(
    way: 'up' | 'home',
    { dtype, shape }: Pick<Tensor, 'dtype' | 'shape'>,
    value: OrtTensor,
  ): Promise<OrtTensor> {
    if (sizeOf(shape) === 0) return value; // nothing to carry; a device has no buffer of no bytes
    const key = `${way} ${dtype} ${shape.length}`;
    let session = this.#carriers.get(key);
    if (!session) {
      session = await this.#ort.createDeviceSession(
        carrierModel(dtype, shape.length),
        way === 'up' ? ['y'] : [],
      );
      this.#carriers.set(key, session);
    }
    return (await session.run({ x: value }, ['y'])).y!;
  }

  #demand(path: string, names: readonly string[]): void {
    const missing = names.filter((name) => !this.#slots.has(name));
    if (missing.length > 0) throw missingState(path, missing);
  }
}

/** `y = x` for tensors of one type and rank. */
function carrierModel(dtype: DType, rank: number): Uint8Array {
  const { FLOAT, DOUBLE, FLOAT16, INT64, INT32, UINT8, BOOL } = onnx.TensorProto.DataType;
  const types = {
    float32: FLOAT,
    float64: DOUBLE,
    float16: FLOAT16,
    int64: INT64,
    int32: INT32,
    uint8: UINT8,
    bool: BOOL,
  };
  const dim = Array.from({ length: rank }, (_, i) => ({ dimParam: `d${i}` }));
  const type = { tensorType: { elemType: types[dtype], shape: { dim } } };
  return onnx.ModelProto.encode({
    irVersion: 9,
    opsetImport: [{ domain: '', version: 18 }],
    graph: {
      name: 'carrier',
      node: [{ opType: 'Identity', input: ['x'], output: ['y'] }],
      input: [{ name: 'x', type }],
      output: [{ name: 'y', type }],
    },
  }).finish();
}
