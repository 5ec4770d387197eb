// Networks that look at single frames: named, opened, asked for features.
export type { Backbone, FrameSize, FeatureGrid, FeatureScale } from './backbone.js';
export type { ChannelRange, FeatureExtractor } from './extractor.js';
export { createBackbone, type BackboneSettings } from './kinds.js';
export { Preprocessing } from './preprocessing.js';
export type { Environment } from '../environment.js';
export { openExtractor, type OpenExtractorOptions } from './openExtractor.js';
export { parseBackboneSpec } from './spec.js';
