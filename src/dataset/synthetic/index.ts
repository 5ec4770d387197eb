// The synthetic world: clips whose what, where and when are known exactly.
export { actions, stage, type Action } from './script.js';
export { renderClip } from './render.js';
export { castClip, isSyntheticWorld, renderWorld, type World, type WorldOptions } from './world.js';
