// Every door by its name.
import type { OpenDoor } from '../door.js';

/** Loaded when it is knocked at: a door needs not what another does. */
export const DOORS: Readonly<Record<string, () => Promise<OpenDoor>>> = {
  annotations: async () => (await import('./annotations.js')).openAnnotations,
  truth: async () => (await import('./truth.js')).openTruth,
  results: async () => (await import('./json.js')).openResults,
  recipes: async () => (await import('./json.js')).openRecipes,
  weights: async () => (await import('./weights.js')).openWeights,
  store: async () => (await import('./weights.js')).openStore,
  checkpoints: async () => (await import('./weights.js')).openCheckpoints,
  models: async () => (await import('./models.js')).openModels,
  onnx: async () => (await import('./models.js')).openOnnxFiles,
  http: async () => (await import('./http.js')).openHttp,
  clips: async () => (await import('./clips.js')).openClips,
};
