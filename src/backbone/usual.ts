// The network that is taken where nobody names one: pretrained, because a handful of clips teaches no network to see.
import { hubModels, findHubModel, type HubModel } from './hub/catalogue.js';
import type { Environment } from '../environment.js';
import { findCached } from './hub/cache.js';
import type { BackboneSettings } from './kinds.js';
import { parseBackboneSpec } from './spec.js';

/** The environment variable that names a backbone for all commands, as `--backbone` does for one. */
export const backboneVariable = 'WHEREWHEN_BACKBONE';

/** The network of the paper, which is fetched where the cache holds none. */
export const usualModel: HubModel = findHubModel('resnet50');

/** The settings of a network of the hub as it is taken by itself: on two scales. */
export function usualSettings({ name, kind }: HubModel): BackboneSettings {
  const word = name === usualModel.name ? kind : name; // its shorter name
  return parseBackboneSpec(kind === 'onnx' ? word : `${word}#layer3+layer4`);
}

/**
 * The network that is taken of those in the hub's cache: a ResNet-50, else a transformer, else the largest ResNet that is
 * there; with `isResnet` only those whose stages can be trained.
 */
export async function findUsual(
  environment?: Environment,
  { isResnet = false } = {},
): Promise<{ model: HubModel; path: string } | undefined> {
  const rank = ({ kind }: HubModel): number =>
    ['resnet50', 'onnx', 'resnet101', 'resnet34', 'resnet18'].indexOf(kind);
  const fit = hubModels.filter(({ kind }) => !isResnet || kind !== 'onnx');
  for (const model of fit.toSorted((a, b) => rank(a) - rank(b))) {
    const path = await findCached(model, environment);
    if (path !== undefined) return { model, path };
  }
  return undefined;
}
