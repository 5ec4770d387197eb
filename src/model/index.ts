// Public names of model/.
export { actorInputs, ActorPoolSettings } from './actorPool.js';
export { actorNames, ActorSettings, foregroundGraph } from './actors.js';
export { Alignment, CellAxis, CellGeometry, cellsOf, geometryOf, withGeometry } from './cells.js';
export { checkTensors } from './checkTensors.js';
export { ModelConfig, parseModelConfig, parseWith, TransformConfig } from './config.js';
export type { Attention, AttentionForm, HeadOptions } from './form.js';
export {
  attend,
  attentionForms,
  AttentionSettings,
  formNames,
  lossDefaults,
  type FormName,
} from './forms.js';
export { initialise, type InitialiseOptions } from './initialise.js';
export { convolution, linear, type ConvolutionOptions } from './layers.js';
export { LossChoices, losses, LossSettings, regularisers, type Losses } from './losses.js';
export { meanPoolNames } from './meanPool.js';
export { network, type FrameEncoder, type Network, type NetworkOptions } from './network.js';
export { occlusionGraph } from './occlusion.js';
export { evaluationGraph, inferenceGraph, type BuiltGraph, type InferenceOptions } from './programs.js';
export { decodeSafetensors, encodeSafetensors, fromBfloat16, type SafetensorsFile } from './safetensors.js';
export {
  averageName,
  Scope,
  uniformByFanIn,
  type DeclaredParameter,
  type Initial,
  type ScopeOptions,
} from './scope.js';
export { OptimiserSettings, trainingGraph, type TrainingGraph, type TrainingOptions } from './trainStep.js';
