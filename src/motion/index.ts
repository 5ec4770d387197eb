// How an actor moves: dense flow between neighbouring frames, what it says inside the actor's boxes, and the path of the
// boxes themselves. Pure arithmetic on pictures and boxes; it knows nothing of videos, models or threads.
export { flowFit, isCut, type FlowFit } from './cuts.js';
export { cameraFlow, removeCamera, type CameraFlow } from './camera.js';
export {
  fieldOf,
  flowFromTensors,
  FlowRecorder,
  flowTensors,
  flowWarnings,
  rowsOf,
  type ClipFlow,
  type ClipRows,
  type MeasuredPair,
} from './clipFlow.js';
export { resizeFlow, stillFlow, type Flow } from './field.js';
export { boxesAt, type FieldBox, type TimedBoxes } from './fieldBox.js';
export { DenseFlow, opticalFlow } from './flow.js';
export {
  CELL_NUMBERS,
  clipRows,
  FLOW_ROW_NUMBERS,
  mirrorRows,
  PAIR_NUMBERS,
  pairRows,
  type PairFacts,
} from './flowRows.js';
export { FlowWatcher, MOST_PAIRS, type WatchOptions } from './flowWatcher.js';
export { GREY_SIZE, greyPicture } from './grey.js';
export type { Extent } from './pyramid.js';
export { mirrorTrajectory, trajectory, TRAJECTORY_NAMES, TRAJECTORY_NUMBERS } from './trajectory.js';
