// Attention forms, losses, the training step, model files.
export { actorNames, ActorSettings, foregroundGraph } from './actors.js';
export { actorInputs } from './attention/actorPool.js';
export { type Attention } from './attention/attention.js';
export { type FormChoices } from './attention/form.js';
export { attend, AttentionSettings, type FormName, formNames, formOf, formSizes } from './attention/forms.js';
export { meanPoolNames } from './attention/meanPool.js';
export { Alignment, CellAxis, CellGeometry, cellsOf, geometryOf, withGeometry } from './cells.js';
export { checkTensors } from './checkTensors.js';
export { ModelConfig, parseModelConfig, parseWith, TransformConfig } from './config.js';
export { initialise } from './initialise.js';
export { convolution, linear } from './layers.js';
export { LossChoices, losses, type Losses, LossSettings, type Regulariser, regularisers } from './losses.js';
export { type FrameEncoder, network } from './network.js';
export { occlusionGraph } from './occlusion.js';
export { evaluationGraph, inferenceGraph } from './programs.js';
export { decodeSafetensors, encodeSafetensors, fromBfloat16, type SafetensorsFile } from './safetensors.js';
export { averageName, type DeclaredParameter, Scope } from './scope.js';
export { OptimiserSettings, trainingGraph, type TrainingGraph, type TrainingOptions } from './trainStep.js';
