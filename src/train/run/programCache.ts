// Programs that were compiled before. Both parts of a training run the same ones, and so does the next lesson of as many
// classes: who has time can compile ahead.
import type { ModelConfig } from '../../model/index.js';
import type { Runtime } from '../../runtime/index.js';
import type { Recipe } from '../recipe/recipe.js';
import { openPrograms, type Programs } from './programs.js';

/** The programs of one runtime; they stay until that is closed. */
export class ProgramCache {
  readonly #runtime: Runtime;
  readonly #known = new Map<string, Promise<Programs>>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** As {@link openPrograms}: what is there already is not compiled again. */
  async open(
    recipe: Recipe,
    config: ModelConfig,
    options: { hasSeveralClasses?: boolean } = {},
  ): Promise<Programs> {
    const key = keyOf(recipe, config, options);
    let programs = this.#known.get(key);
    if (!programs) {
      programs = openPrograms(this.#runtime, recipe, config, options);
      this.#known.set(key, programs);
      programs.catch(() => this.#known.delete(key));
    }
    return { ...(await programs), config };
  }
}

/** All that graphs depend on: not what classes are called, nor where their boxes are read. */
function keyOf(
  { seed: _, ...recipe }: Recipe,
  { classes, actors: _actors, localize: _rules, training: _training, ...config }: ModelConfig,
  { hasSeveralClasses = false },
): string {
  return JSON.stringify({ recipe, config, classes: classes.length, hasSeveralClasses });
}
