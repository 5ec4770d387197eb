// Where and when, drawn from what a model says: maps to boxes and tubes, curves to segments. Pure arithmetic.
export {
  localize,
  whereMap,
  type Localization,
  type LocalizedActor,
  type LocalizeInput,
} from './localize.js';
export {
  localizeOptions,
  LocalizeOptions,
  MAP_NAMES,
  waysOf,
  WhenOptions,
  WhereOptions,
  type LocalizeChoices,
  type MapName,
} from './options.js';
export {
  boxOverlap,
  frameBoxes,
  grow,
  maskBox,
  type BoxRules,
  type FrameBoxes,
  type Picture,
  type ScoredBox,
} from './boxes.js';
export { regions, regionValue, type Region, type RegionRule } from './components.js';
export { aboveMean, classCurves, curveOf, windowAnswer, type PoolRules } from './curves.js';
export { agree, enlarge, minMax, mix, smooth, smoothAxis, type Grid, type WeightedMaps } from './maps.js';
export { findSegments, toSegment, windowOverlap, windowSeconds, type SegmentInput } from './segments.js';
export { pathSegments, type FrameSegment } from './path.js';
export { linkTubes, smoothTube, type Tube } from './tubes.js';
export {
  bestWindow,
  bestWindows,
  runsAbove,
  windowContrast,
  type Window,
  type WindowRules,
} from './windows.js';
