// Devices other than the CPU: what is said of them, and that they compute the CPU's numbers. By default WebGPU on a
// software driver; `WHEREWHEN_DEVICE=cuda npx vitest run test/runtime/devices.test.ts` tries the one of a GPU machine.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { bestOf, type DeviceReport } from '../../src/runtime/devices.js';
import { openRuntime } from '../../src/runtime/index.js';
import { command } from '../cli/command.js';
import { cases, type CaseName } from './agreement/cases.js';

const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';
const asked = process.env.WHEREWHEN_DEVICE;
const device = asked ?? 'webgpu';
// A machine that names a device or a driver by itself is taken as it is.
const driver: Record<string, string> =
  asked === undefined && process.env.VK_DRIVER_FILES === undefined
    ? { VK_DRIVER_FILES: swiftShader, XDG_RUNTIME_DIR: tmpdir() }
    : {};
// Where everything is tested it is an error and no reason to skip that the driver is not there.
const isHere = process.env.CI !== undefined || existsSync(swiftShader) || !('VK_DRIVER_FILES' in driver);

interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
}

function runNode(args: readonly string[], environment: Record<string, string>): Promise<Ended> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, args, { env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => (stdout += text));
  child.stderr.on('data', (text) => (stderr += text));
  return new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr })),
  );
}

async function devices(
  environment: Record<string, string>,
): Promise<{ auto: string; devices: DeviceReport[] }> {
  const { stdout } = await runNode([...command, 'devices', '--json'], environment);
  return JSON.parse(stdout);
}

describe.skipIf(!isHere)(`${device} (WebGPU is skipped where there is no ${swiftShader})`, () => {
  const names = Object.keys(cases) as CaseName[];
  let gaps: Record<string, Record<string, number>>;
  beforeAll(async () => {
    const script = fileURLToPath(new URL('./agreement/run.ts', import.meta.url));
    const { code, signal, stdout, stderr } = await runNode(
      ['--import', 'tsx', script, device, ...names],
      driver,
    );
    expect({ code, signal, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    gaps = JSON.parse(stdout);
  }, 300_000);

  it.each(names)('computes %s as the CPU does, within 1e-3 of the largest value', (name) => {
    expect(Object.keys(gaps[name]!).length).toBeGreaterThan(5);
    const apart = Object.entries(gaps[name]!).filter(([, gap]) => !(gap <= 1e-3));
    expect(apart).toEqual([]);
  });

  it.skipIf(asked !== undefined)('is found, named, and left by auto because it is a program', async () => {
    const report = await devices(driver);
    expect(report.devices.find((one) => one.device === 'webgpu')).toMatchObject({
      isUsable: true,
      isHardware: false,
      name: expect.stringContaining('SwiftShader'),
    });
    expect(report.auto).not.toBe('webgpu');
  });
});

describe('what is said of devices', () => {
  const none = { VK_DRIVER_FILES: join(tmpdir(), 'no-such-driver.json') };

  it('says why WebGPU cannot be used where Vulkan finds nothing', async () => {
    const { auto, devices: all } = await devices(none);
    const webgpu = all.find((one) => one.device === 'webgpu')!;
    expect(webgpu).toMatchObject({ isUsable: false, isHardware: false });
    expect(webgpu.reason).toMatch(/no Vulkan adapter/);
    expect(webgpu.hint).toMatch(/VK_DRIVER_FILES/);
    expect(auto).toBe(all.some((one) => one.device === 'cuda' && one.isUsable) ? 'cuda' : 'cpu');
  });

  it('outlives native code that aborts', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'abort-')), 'abort.cjs');
    writeFileSync(file, `if (process.argv[1]?.includes('trial')) process.abort();`);
    const { auto, devices: all } = await devices({ NODE_OPTIONS: `--require ${file}` });
    expect(auto).toBe('cpu');
    for (const one of all.filter((other) => other.device !== 'cpu')) {
      expect(one).toMatchObject({ isUsable: false, reason: 'native code that ended the process (SIGABRT)' });
    }
  });

  it('ends a command with one line and exit code 1 where its device cannot be used', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'clips-'));
    for (const label of ['a', 'b']) {
      mkdirSync(join(folder, label));
      writeFileSync(join(folder, label, 'clip.mp4'), `not looked at before the device is tried: ${label}`);
    }
    const options = ['--backbone', 'resnet18', '--out', join(folder, 'store'), '--device', 'webgpu'];
    const { code, stdout, stderr } = await runNode([...command, 'extract', folder, ...options], none);
    expect(stderr).toMatch(
      /^error: device: webgpu must be usable, got no Vulkan adapter .*VK_DRIVER_FILES.*\n$/,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  });

  it('takes CUDA before WebGPU, and WebGPU only on hardware', () => {
    const one = (name: DeviceReport['device'], isUsable: boolean, isHardware = true): DeviceReport => ({
      device: name,
      isUsable,
      isHardware,
    });
    const cpu = one('cpu', true);
    expect(bestOf([one('cuda', true), one('webgpu', true), cpu])).toBe('cuda');
    expect(bestOf([one('cuda', false), one('webgpu', true), cpu])).toBe('webgpu');
    expect(bestOf([one('cuda', false), one('webgpu', true, false), cpu])).toBe('cpu');
    expect(bestOf([one('cuda', false), one('webgpu', false), cpu])).toBe('cpu');
  });

  it('refuses a device that does not exist', async () => {
    await expect(openRuntime({ device: 'tpu' as 'cpu' })).rejects.toThrow(
      'device: must be among auto, cpu, webgpu, cuda, got tpu',
    );
  });
});
