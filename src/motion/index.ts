// How an actor moves: dense flow between neighbouring frames, what it says inside the actor's boxes, and the path of the
// boxes themselves. Pure arithmetic on pictures and boxes; it knows nothing of videos, models or threads.
export { flowFromTensors, flowTensors, rowsOf, type ClipFlow, type ClipRows } from './clipFlow.js';
export type { TimedBoxes } from './fieldBox.js';
export { mirrorRows } from './flowRows.js';
export type { Extent } from './pyramid.js';
export { mirrorTrajectory, trajectory } from './trajectory.js';
