// Random places: of stored features a training step may see only a part of each frame, gathered while they are read.
import type { PlacesOptions } from '../../store/features/read.js';
import { usageError } from '../../errors.js';
import type { LossSettings, ModelConfig } from '../../model/index.js';
import type { Recipe } from '../recipe/recipe.js';

/** A tenth of a fine grid sees as much as half of a coarse one (docs/architecture.md#training). */
const fineGrid = 100;

/** Which places a step on stored features sees; undefined for all. Throws `usage` for a form that needs the whole grid. */
export function placesOf(
  { places, attention }: Recipe,
  { grid, backbone }: Pick<ModelConfig, 'grid'> & Partial<Pick<ModelConfig, 'backbone'>>,
): PlacesOptions | undefined {
  if (backbone && !backbone.isFrozen) return undefined;
  const share = places === 'auto' ? (grid.height * grid.width >= fineGrid ? 0.1 : 0.5) : places;
  if (share === 1) return undefined;
  if (attention.form === 'joint') return { share, areSame: attention.contextFrames > 1 };
  if (attention.form === 'mean') return { share, areSame: false };
  throw usageError(
    'train: options: places',
    `1 for ${attention.form}, which looks at neighbouring places`,
    `${places}`,
    'joint and mean take places one by one',
  );
}

/** Throws `usage` where a loss term looks at neighbouring places, of which random ones have none. */
export function checkPlaces({ totalVariation, temporalVariation }: LossSettings): void {
  if (totalVariation === 0 && temporalVariation === 0) return;
  throw usageError(
    'train: options: losses',
    'no totalVariation and no temporalVariation where a step sees random places',
    `weights ${totalVariation} and ${temporalVariation}`,
    'set --places 1 to keep them',
  );
}
