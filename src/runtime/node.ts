// Opens a runtime in Node: the engine lives in a worker thread, because a run blocks the thread it is on.
import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { usageError } from '../errors.js';
import { startThread } from '../thread.js';
import { clientOf, type Channel } from './client.js';
import { resolveDevice } from './devices.js';
import { fenceBytes } from './fence.js';
import type { EngineSettings } from './nodeEngine.js';
import type { DeviceChoice, Runtime, RuntimeOptions } from './program.js';
import { silenceTelemetry } from './telemetry.js';
import type { EngineNotice } from './threadEngine.js';

const choices: readonly DeviceChoice[] = ['auto', 'cpu', 'webgpu', 'cuda'];

/**
 * Opens a device.
 * @throws {WhereWhenError} `usage` for an unknown device or a thread count below 1; `missing` for a device that cannot be
 * used here.
 */
export async function openRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const { device = 'cpu', threads = availableParallelism(), spin = true } = options;
  if (!choices.includes(device)) {
    const expected = `must be among ${choices.join(', ')}`;
    throw usageError('device', expected, device);
  }
  if (!Number.isInteger(threads) || threads < 1) {
    throw usageError('threads', 'must be a whole number of at least 1', `${threads}`);
  }
  silenceTelemetry();
  const fence = fenceBytes();
  const settings: EngineSettings = { device: await resolveDevice(device), threads, spin, fence };
  const worker = startThread('./nodeWorker.js', import.meta.url, { workerData: settings });
  return clientOf(channelTo(worker), settings.device, threads);
}

function channelTo(worker: Worker): Channel {
  return {
    post: (message, transfer) => worker.postMessage(message, transfer),
    onMessage: (listener) =>
      void worker.on('message', (message: EngineNotice | { id: number }) =>
        'wasmBecause' in message ? warnOfWasm(message) : listener(message),
      ),
    onFailure: (listener) => {
      worker.once('error', (error: Error) => listener(`its thread failed: ${error.message}`));
      worker.once('messageerror', (error) =>
        listener(`its thread sent what cannot be read: ${error.message}`),
      );
      worker.once('exit', (code) => listener(`its thread ended with code ${code}`));
    },
    stop: async () => void (await worker.terminate()),
  };
}

let isWarned = false;

/** Said once a process, as Node says its own warnings: on standard error, and to whoever listens to `warning`. */
function warnOfWasm({ wasmBecause }: EngineNotice): void {
  if (isWarned) return;
  isWarned = true;
  const price =
    'WebAssembly computes instead: the same numbers but for rounding, about four times as long, no GPU';
  process.emitWarning(`${wasmBecause}; ${price}`, { type: 'wherewhen', code: 'WHEREWHEN_WASM' });
}
