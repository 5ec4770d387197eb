// Attention forms, losses, the training step, model files.
export { AttentionSettings, type FormName, formNames, formSizes } from './attention/forms.js';
export { Alignment, CellGeometry } from './cells.js';
export { ModelConfig, parseModelConfig } from './config.js';
export { initialise } from './initialise.js';
export { LossSettings } from './losses.js';
export type { FrameEncoder } from './network.js';
export { inferenceGraph } from './programs.js';
export { decodeSafetensors, encodeSafetensors, type SafetensorsFile } from './safetensors.js';
export { type DeclaredParameter, Scope } from './scope.js';
export { OptimiserSettings, trainingGraph, type TrainingGraph, type TrainingOptions } from './trainStep.js';
