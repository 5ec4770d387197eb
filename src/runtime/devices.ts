// Which devices of this machine can be used, found by trying each in a process of its own, and which one `auto` takes.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { missingError } from '../errors.js';
import { startProcess } from '../thread.js';
import type { Device, DeviceChoice } from './program.js';
import { silenceTelemetry } from './telemetry.js';
import type { TrialOutcome } from './trial.js';

/** What a trial found about one device. */
export interface DeviceReport {
  device: Device;
  /** It computes, and its numbers are those of the CPU within 1e-3 of the largest. */
  isUsable: boolean;
  /** False for a program that plays a GPU on the CPU, and where nothing says what the adapter is. */
  isHardware: boolean;
  /** Of the adapter, where the driver tells it. */
  name?: string;
  /** The largest difference to the CPU in a small training, as a share of the largest number. */
  difference?: number;
  /** Why it cannot be used, and what to do about it. */
  reason?: string;
  hint?: string;
}

/** How {@link findDevices} looks. */
export interface FindOptions {
  /** After which a trial that has not ended is ended. */
  timeoutSeconds?: number;
}

/** Largest difference to the CPU that a usable device may show, as a share of the largest number. */
const TOLERANCE = 1e-3;

/** All devices, the best first. Each is tried once a process. */
export function findDevices(options: FindOptions = {}): Promise<DeviceReport[]> {
  return Promise.all([tryDevice('cuda', options), tryDevice('webgpu', options), tryDevice('cpu', options)]);
}

const found = new Map<Device, Promise<DeviceReport>>();

/** Tries one device; a process asks once. */
export function tryDevice(device: Device, options: FindOptions = {}): Promise<DeviceReport> {
  const known = found.get(device);
  if (known) return known;
  const report = device === 'cpu' ? Promise.resolve(cpu()) : tryGpu(device, options);
  found.set(device, report);
  return report;
}

/** What `auto` takes of what was found: CUDA, then WebGPU on real hardware, then the CPU. */
export function bestOf(reports: readonly DeviceReport[]): Device {
  const fit = (device: Device): boolean =>
    reports.some((one) => one.device === device && one.isUsable && one.isHardware);
  return fit('cuda') ? 'cuda' : fit('webgpu') ? 'webgpu' : 'cpu';
}

/**
 * The device that a choice means, tried before anything is computed on it.
 * @throws {WhereWhenError} `missing` for a device that cannot be used here.
 */
export async function resolveDevice(choice: DeviceChoice): Promise<Device> {
  if (choice === 'cpu') return choice;
  if (choice === 'auto') return bestOf(await findDevices());
  const { isUsable, reason, hint } = await tryDevice(choice);
  if (isUsable) return choice;
  throw missingError('device', `${choice} must be usable`, reason, hint);
}

function cpu(): DeviceReport {
  return { device: 'cpu', isUsable: true, isHardware: true, difference: 0 };
}

async function tryGpu(device: 'webgpu' | 'cuda', options: FindOptions): Promise<DeviceReport> {
  const { outcome, printed } = await runTrial(device, options);
  const adapter = device === 'cuda' ? await nvidiaAdapter() : vulkanAdapter(printed);
  const isAgreeing = 'difference' in outcome && outcome.difference <= TOLERANCE;
  if (isAgreeing) return { device, isUsable: true, ...adapter, difference: outcome.difference };
  const failure =
    'difference' in outcome
      ? {
          difference: outcome.difference,
          reason: `other numbers than the CPU's (${outcome.difference.toExponential(1)} of the largest)`,
        }
      : failureOf(device, outcome.error, printed);
  return { device, isUsable: false, ...adapter, ...failure };
}

/** Runs the trial; whatever becomes of its process is an outcome. `printed` is what drivers printed. */
async function runTrial(
  device: Device,
  { timeoutSeconds = 60 }: FindOptions,
): Promise<{ outcome: TrialOutcome; printed: string }> {
  silenceTelemetry();
  // The Vulkan loader then names the adapter that is used; nothing else of ONNX Runtime's does.
  const environment = { VK_LOADER_DEBUG: 'driver' };
  const child = startProcess('./trial.js', import.meta.url, { arguments: [device], environment });
  let printed = '';
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (printed += String(text)));
  return await new Promise((resolve) => {
    let outcome: TrialOutcome | undefined;
    const timer = setTimeout(() => {
      outcome ??= { error: `no answer within ${timeoutSeconds} s` };
      child.kill('SIGKILL');
    }, 1000 * timeoutSeconds);
    child.once('message', (message) => (outcome = message as TrialOutcome));
    child.once('error', (error) => (outcome ??= { error: error.message }));
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      outcome ??= { error: `native code that ended the process (${signal ?? `exit code ${code}`})` };
      resolve({ outcome, printed });
    });
  });
}

/** The adapter that the Vulkan loader says it uses; on a Mac there is none, and WebGPU is Metal's. */
function vulkanAdapter(printed: string): Pick<DeviceReport, 'name' | 'isHardware'> {
  const [, name, driver] = /Using "(.+)" with driver: "(.+)"/.exec(printed) ?? [];
  if (name === undefined) return { isHardware: process.platform === 'darwin' };
  const isSoftware = /swiftshader|llvmpipe|lavapipe|lvp|softpipe|software|mock/i.test(`${name} ${driver}`);
  return { name, isHardware: !isSoftware };
}

/** NVIDIA's own driver tells the model of the first card. */
async function nvidiaAdapter(): Promise<Pick<DeviceReport, 'name' | 'isHardware'>> {
  const folder = '/proc/driver/nvidia/gpus';
  try {
    const [first] = (await readdir(folder)).sort();
    const facts = await readFile(join(folder, first!, 'information'), 'utf8');
    return { name: /^Model:\s*(.+)$/m.exec(facts)?.[1], isHardware: true };
  } catch {
    return { isHardware: true };
  }
}

const cudaHint =
  'Linux x64 with CUDA 12 and cuDNN 9 on the library path; the libraries of onnxruntime-node: `node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12`';
const vulkanHint =
  "install the GPU's Vulkan driver; without a GPU, and slowly, name a software driver's file in VK_DRIVER_FILES, such as chromium's vk_swiftshader_icd.json";

/** What the engine's message means to a user. */
function failureOf(
  device: 'webgpu' | 'cuda',
  error: string,
  printed: string,
): Pick<DeviceReport, 'reason' | 'hint'> {
  if (device === 'webgpu') {
    if (!/No supported adapters|Failed to get a WebGPU adapter/.test(error))
      return { reason: firstLine(error) };
    const isVulkan = process.platform === 'linux';
    const why = /Found no drivers/.test(printed) ? ' (the loader finds no driver)' : '';
    return {
      reason: isVulkan ? `no Vulkan adapter${why}` : 'no adapter',
      hint: isVulkan ? vulkanHint : undefined,
    };
  }
  const missing = /(\S+\.so[.\d]*): cannot open shared object file/.exec(`${printed} ${error}`)?.[1];
  if (missing !== undefined) return { reason: `no ${missing.split('/').at(-1)}`, hint: cudaHint };
  if (/unsupported: 'cuda'/.test(error))
    return { reason: 'no CUDA in onnxruntime-node on this platform', hint: cudaHint };
  return { reason: firstLine(error), hint: cudaHint };
}

/** The part of a long native message that says something: behind the last source location. */
function firstLine(message: string): string {
  const line = message.trim().split('\n')[0]!;
  return line.length <= 200 ? line : `...${line.slice(-200)}`;
}
