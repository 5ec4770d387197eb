// The engine over onnxruntime-node: which provider computes, with which settings, and where state lives.
import type * as Ort from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { notInstalled } from '../installed.js';
import type { DeviceOnnxRuntime } from './deviceMemory.js';
import { createEngine, type Engine } from './engine.js';
import { HostMemory, type HostOnnxRuntime } from './hostMemory.js';
import { runInto, withFence } from './nodeSession.js';
import type { Device } from './program.js';

/** What an engine is told at its start. */
export interface EngineSettings {
  device: Device;
  threads: number;
  spin: boolean;
  /** `fenceBytes()`. */
  fence: Uint8Array;
}

// An arena keeps freed memory for the next run, in regions that grow by doubling: quicker (a fifth, for the
// largest step) and larger (by 100 MB). Beside this much state the memory counts more.
const largeState = 256 * 2 ** 20;

/**
 * An engine of this process or thread. Operations that a GPU provider lacks run on the CPU, inside ONNX Runtime. Throws
 * `missing` where onnxruntime-node is not installed or has no build that this machine can load.
 */
export async function createNodeEngine(settings: EngineSettings): Promise<Engine> {
  const ort = onnxRuntime(await loaded(), settings);
  if (settings.device !== 'webgpu') return createEngine(ort, new HostMemory(ort)); // CUDA's outputs come home with every run
  const { DeviceMemory } = await import('./deviceMemory.js');
  return createEngine(ort, new DeviceMemory(ort));
}

async function loaded(): Promise<typeof Ort> {
  try {
    return await import('onnxruntime-node');
  } catch (cause) {
    throw notInstalled('onnxruntime-node', 'computes', cause);
  }
}

function onnxRuntime(
  { InferenceSession, Tensor }: typeof Ort,
  settings: EngineSettings,
): HostOnnxRuntime & DeviceOnnxRuntime {
  const options = optionsOf(settings);
  return {
    createSession: (model) =>
      typeof model === 'string'
        ? InferenceSession.create(model, options)
        : InferenceSession.create(model, options),
    createFixedSession: (model, stateBytes) => {
      const enableCpuMemArena = stateBytes < largeState;
      return InferenceSession.create(withFence(model, settings.fence), { ...options, enableCpuMemArena });
    },
    createDeviceSession: async (model, kept) => {
      const locations = Object.fromEntries(kept.map((name) => [name, 'gpu-buffer' as const]));
      const { nodesForCpu } = await import('./deviceMemory.js');
      return InferenceSession.create(model, {
        ...options,
        executionProviders: [webGpu(nodesForCpu(model))],
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
 * right ones in NCHW. The places of MaxPool end the run: such nodes are sent to the CPU.
 */
function webGpu(onCpu: string[] = []): InferenceSession.ExecutionProviderConfig {
  const settings = {
    name: 'webgpu',
    preferredLayout: 'NCHW' as const,
    ...(onCpu.length > 0 && { forceCpuNodeNames: onCpu }),
  };
  return settings;
}
