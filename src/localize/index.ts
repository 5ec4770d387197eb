// Where and when, drawn from what a model says: maps to boxes and tubes, curves to segments. Pure arithmetic.
export { localize, whereMap, type Localization, type LocalizeInput } from './localize.js';
export {
  localizeOptions,
  LocalizeOptions,
  MAP_NAMES,
  waysOf,
  SecondLook,
  WhenOptions,
  WhereOptions,
  WhoOptions,
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
export type { ActorLook } from './actors.js';
export { agreementOf, boxesInCrops, cropsAround, type Crop, type FrameLook } from './looks.js';
export { classMap, classShares, namesByWindows, type ClassScores, type NamedWindow } from './whoActs.js';
export { BOX_GROWTH, boxShares } from './boxShares.js';
export { middles, taps, tileLine, type CellLine, type Cells, type Taps } from './cells.js';
export { regions, regionValue, type Region, type RegionRule } from './components.js';
export { aboveMean, classCurves, curveOf, windowAnswer, type PoolRules } from './curves.js';
export { agree, enlarge, minMax, mix, smooth, smoothAxis, type Grid, type WeightedMaps } from './maps.js';
export { findSegments, toSegment, windowOverlap, windowSeconds, type SegmentInput } from './segments.js';
export { pathSegments, type FrameSegment } from './path.js';
export { indexOfMax, linkTubes, smoothTube, type LinkedTube } from './tubes.js';
export {
  bestWindow,
  bestWindows,
  runsAbove,
  windowContrast,
  type Window,
  type WindowRules,
} from './windows.js';
