// The engine over onnxruntime-node: which provider computes, with which settings, and where state lives.
import schema from 'onnx-proto';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { DeviceMemory, type DeviceOnnxRuntime } from './deviceMemory.js';
import { createEngine, type Engine } from './engine.js';
import { HostMemory, type HostOnnxRuntime } from './hostMemory.js';
import { runInto, withFence } from './nodeSession.js';
import type { Device } from './program.js';

/** What an engine is told at its start. */
export interface EngineSettings {
  device: Device;
  threads: number;
  spin: boolean;
}

// An arena keeps freed memory for the next run, in regions that grow by doubling: quicker (a fifth, for the
// largest step) and larger (by 100 MB). Beside this much state the memory counts more.
const largeState = 256 * 2 ** 20;

/** An engine of this process or thread. Operations that a GPU provider lacks run on the CPU, inside ONNX Runtime. */
export function createNodeEngine(settings: EngineSettings): Engine {
  const ort = onnxRuntime(settings);
  // onnxruntime-node can leave outputs on a WebGPU device; CUDA's come home with every run.
  return createEngine(ort, settings.device === 'webgpu' ? new DeviceMemory(ort) : new HostMemory(ort));
}

function onnxRuntime(settings: EngineSettings): HostOnnxRuntime & DeviceOnnxRuntime {
  const options = optionsOf(settings);
  return {
    createSession: (model) =>
      typeof model === 'string'
        ? InferenceSession.create(model, options)
        : InferenceSession.create(model, options),
    createFixedSession: (model, stateBytes) => {
      const enableCpuMemArena = stateBytes < largeState;
      return InferenceSession.create(withFence(model), { ...options, enableCpuMemArena });
    },
    createDeviceSession: (model, kept) => {
      const locations = Object.fromEntries(kept.map((name) => [name, 'gpu-buffer' as const]));
      return InferenceSession.create(model, {
        ...options,
        executionProviders: [webGpu(model)],
        ...(kept.length > 0 && { preferredOutputLocation: locations }),
      });
    },
    runInto,
    createTensor: (dtype, data, shape) => new Tensor(dtype as 'float32', data as Float32Array, shape),
  };
}

function optionsOf({ device, threads, spin }: EngineSettings): InferenceSession.SessionOptions {
  return {
    executionProviders: [device === 'webgpu' ? webGpu() : device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    // planned memory is one more block beside the arena that the first run has filled: 1.2 GB for the largest step
    enableMemPattern: false,
    logSeverityLevel: 3,
    extra: {
      session: {
        intra_op: { allow_spinning: spin ? '1' : '0' },
        // graphs in eight bits are written as operators; what is float32 in them is meant to be
        disable_quant_qdq: '1',
      },
      // graphs share what is worth keeping by themselves; what they compute twice or in parts saves memory
      optimization: {
        disable_specified_optimizers: 'CommonSubexpressionElimination;GatherSliceToSplitFusion',
      },
    },
  };
}

/**
 * ONNX Runtime 1.30's WebGPU provider takes all nodes whose operation it knows, two of them wrongly. Convolutions over 6,
 * 9, 15 ... channels (a multiple of 3 and not of 4) to a multiple of 4 give wrong numbers in its own layout, NHWC, and
 * right ones in NCHW. The places of MaxPool end the run: that node is sent to the CPU.
 */
function webGpu(model?: Uint8Array): InferenceSession.ExecutionProviderConfig {
  const nodes = model ? (schema.onnx.ModelProto.decode(model).graph?.node ?? []) : [];
  const onCpu = nodes.filter(({ opType, output }) => opType === 'MaxPool' && (output?.length ?? 0) > 1);
  const names = onCpu.map(({ name }) => name!);
  const settings = {
    name: 'webgpu',
    preferredLayout: 'NCHW' as const,
    ...(names.length > 0 && { forceCpuNodeNames: names }),
  };
  return settings;
}
