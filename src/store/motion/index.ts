// How actors move through clips on disk.
export { FlowPool, motionOf, readMotion, type ActorMotion, type FlowOptions } from './flowPool.js';
export { FlowStore } from './storedFlow.js';
export { readFlow, type FlowOfClip, type ReadFlowOptions } from './readFlow.js';
