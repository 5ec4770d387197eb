// The backbone of a command that was told none: pretrained, from the environment, the hub's cache or the hub; and without
// all of these the small one, with a word on what to expect of it.
import type { BackboneSettings, Environment } from '../backbone/index.js';
import type { HubModel } from '../backbone/hub/catalogue.js';
import { WhereWhenError } from '../errors.js';
import { backboneSettings, type BackboneOptions } from './backboneOptions.js';
import { fetchSaying, hubEnvironment, namedBackbone } from './fetchModel.js';
import type { Shell } from './shell.js';

/** What is known of the command. */
export interface BackboneRequest extends BackboneOptions {
  /** The clips. */
  data: string;
  /** `--offline` */
  offline?: boolean;
  /** A network whose stages can be trained is needed: a ResNet. */
  isResnet?: boolean;
}

/**
 * The backbone that is taken where none is named; undefined for the small one:
 *
 * 1. the one that `WHEREWHEN_BACKBONE` names;
 * 2. the small one for clips that `synth` made, which an ImageNet network has nothing to say of;
 * 3. a ResNet-50, or an ONNX file, whose `--weights` are named;
 * 4. a network in the hub's cache;
 * 5. the ResNet-50 of the hub, fetched;
 * 6. the small one, with a warning; where a ResNet is needed, the error of 5.
 *
 * Throws `Interrupted` where Ctrl-C comes while one is fetched.
 */
export async function chooseBackbone(
  shell: Shell,
  asking: BackboneRequest,
): Promise<BackboneSettings | undefined> {
  const { backboneVariable, findUsual, usualModel, usualSettings } = await import('../backbone/usual.js');
  const { isSyntheticWorld } = await import('../dataset/synthetic/world.js');
  const environment = hubEnvironment(asking.offline);
  const { isResnet = false, weights, data } = asking;
  const named = environment[backboneVariable];
  if (named && (!isResnet || named.startsWith('resnet'))) return fromEnvironment(shell, named, asking);
  if (!isResnet && (await isSyntheticWorld(data))) return undefined;
  if (weights !== undefined) return ofWeights(weights, asking);
  const here = await findUsual(environment, { isResnet });
  if (here) tellTaken(shell, here.model, here.path);
  else {
    const failure = await fetchUsual(shell, usualModel, environment);
    if (failure && isResnet) throw failure;
    if (failure) await warnOfSmall(shell, usualModel, failure);
    if (failure) return undefined;
  }
  return { ...usualSettings(here?.model ?? usualModel), ...(asking.size && { size: asking.size }) };
}

async function fromEnvironment(
  shell: Shell,
  name: string,
  asking: BackboneRequest,
): Promise<BackboneSettings | undefined> {
  if (name === 'small') return undefined;
  return namedBackbone(shell, name, asking);
}

/** What `--weights` alone means: an ONNX file is itself, and any other is of a ResNet-50. */
function ofWeights(weights: string, asking: BackboneRequest): Promise<BackboneSettings> {
  if (/\.onnx$/i.test(weights)) return backboneSettings(`onnx:${weights}`, { ...asking, weights: undefined });
  return backboneSettings('resnet50#layer3+layer4', asking);
}

/** What stood in the way, if anything did. */
async function fetchUsual(
  shell: Shell,
  model: HubModel,
  environment: Environment,
): Promise<WhereWhenError | undefined> {
  try {
    await fetchSaying(shell, model, environment);
    return undefined;
  } catch (error) {
    if (error instanceof WhereWhenError) return error;
    throw error;
  }
}

function tellTaken(shell: Shell, { name, licence }: HubModel, path: string): void {
  shell.report(
    { kind: 'backbone', name, licence, path },
    `backbone: ${name} (${licence}), pretrained, from ${path}; --backbone names another`,
  );
}

/** What to expect without a pretrained network: measured on Weizmann, 70 clips of seven people, 20 of two others. */
async function warnOfSmall(shell: Shell, model: HubModel, failure: WhereWhenError): Promise<void> {
  const { bringHint } = await import('../backbone/hub/request.js');
  const reason = `${failure.path}: ${failure.received ?? failure.expected}`;
  shell.report(
    { kind: 'warning', backbone: 'small', reason, needed: model.name, file: model.file },
    [
      `warning: no pretrained network is here, and none could be fetched (${reason}).`,
      'A small network is trained from scratch instead. Expect much less of it: after 70 clips of seven people it named',
      '50 % of 20 clips of two others; on a pretrained network 95 % were named, in half the time.',
      `To have one, bring ${bringHint(model)};`,
      'or any other network: --backbone onnx:FILE. With --backbone small this is not said.',
    ].join('\n'),
  );
}
