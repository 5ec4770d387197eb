// Fetching a network of the hub with progress, for `backbone get` and for commands that need one.
import type { BackboneSettings, Environment } from '../backbone/index.js';
import type { Fetched } from '../backbone/hub/fetchFile.js';
import type { HubModel } from '../backbone/hub/catalogue.js';
import { Interrupted, onInterrupt } from './interrupt.js';
import type { Shell } from './shell.js';
import { backboneSettings, type BackboneOptions } from './backboneOptions.js';

/** A hub that does not answer in so many seconds is out of reach: nobody waits long for a network that is not there. */
const answerSeconds = 5;

/** How a file is fetched. */
export interface FetchModelOptions {
  environment?: Environment;
  /** ReproduceReporter of its size before its first byte comes. */
  onFound?: (bytes: number) => void;
}

/** The files of `model`. Throws what `fetchWeights` throws, and `Interrupted`: what has come by then is kept. */
export async function fetchModel(
  shell: Shell,
  model: HubModel,
  { environment, onFound }: FetchModelOptions = {},
): Promise<Fetched> {
  const { fetchWhole } = await import('../backbone/hub/fetchWhole.js');
  const stop = onInterrupt(() => shell.say('stopping; what has come is kept'));
  const progress = shell.progress(model.name, 'kB');
  const kilo = (bytes: number): number => Math.round(bytes / 1000);
  try {
    return await fetchWhole(model, {
      ...{ environment, onFound, answerSeconds, signal: stop.signal },
      onProgress: (done, total, reused) => progress.update(kilo(done), kilo(total), { reused: kilo(reused) }),
    });
  } catch (error) {
    throw stop.signal.aborted ? new Interrupted() : error;
  } finally {
    progress.stop();
    stop.end();
  }
}

/** The same, with a line before it that says what comes, how large it is, under which licence, and where it is kept. */
export async function fetchSaying(shell: Shell, model: HubModel, environment: Environment): Promise<void> {
  const { repositoryFolder } = await import('../backbone/hub/cache.js');
  const folder = repositoryFolder(model, environment);
  const { name, licence = 'licence: see its page on the hub' } = model;
  const onFound = (bytes: number): void =>
    shell.report(
      { kind: 'fetch', name, bytes, licence, folder },
      `backbone: ${name}, ${Math.round(bytes / 1e6)} MB, ${licence}, is fetched from the hub, once, and kept in ${folder}`,
    );
  await fetchModel(shell, model, { environment, onFound });
}

/** Makes sure that what settings name of the hub is here, fetching it if need be. Throws what `fetchModel` throws. */
export async function fetchNamed(
  shell: Shell,
  settings: BackboneSettings,
  { offline }: { offline?: boolean },
): Promise<void> {
  const { findCached } = await import('../backbone/hub/cache.js');
  const { findHubModel, isHubName } = await import('../backbone/hub/catalogue.js');
  const { kind, weights = kind, file } = settings;
  if (file !== undefined || typeof weights !== 'string' || !isHubName(weights)) return;
  const environment = hubEnvironment(offline);
  const model = findHubModel(weights);
  if (!(await findCached(model, environment))) await fetchSaying(shell, model, environment);
}

/** The environment with `--offline` in it. */
export function hubEnvironment(offline = false): Environment {
  return offline ? { ...process.env, HF_HUB_OFFLINE: '1' } : process.env;
}

/** The settings of the backbone called `name`, whose weights are here then: those of the hub are fetched. */
export async function namedBackbone(
  shell: Shell,
  name: string,
  options: BackboneOptions & { offline?: boolean },
): Promise<BackboneSettings> {
  const settings = await backboneSettings(name, options);
  await fetchNamed(shell, settings, options);
  return settings;
}
