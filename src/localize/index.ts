// Where and when, drawn from what a model says: maps to boxes and tubes, curves to segments. Pure arithmetic.
export { localize, type Localization, type LocalizeInput } from './localize.js';
export { localizeOptions, LocalizeOptions, type LocalizeChoices } from './options.js';
export type { Picture, ScoredBox } from './boxes.js';
export type { ActorLook } from './actors.js';
export type { CellLine, Cells } from './cells.js';
export type { MapGrid } from './maps.js';
export type { FrameSegment } from './path.js';
export type { LinkedTube } from './tubes.js';
