// Public names of backbone/.
export type { Backbone, FrameSize, Grid } from './backbone.js';
export { backboneKinds, createBackbone } from './kinds.js';
export { small, SmallSettings } from './small.js';
