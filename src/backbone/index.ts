// Public names of backbone/.
export type { ChannelRange } from './extractor.js';
export { stackedGrid, type Backbone, type FrameSize, type Grid, type Scale } from './backbone.js';
export { extractorOf, type ExtractorParts, type FeatureExtractor } from './extractor.js';
export { freeze, frozenModel, frozenOutput, type GraphExtractorOptions } from './graphExtractor.js';
export { hashFacts, hashTensors } from './identity.js';
export { backboneKinds, createBackbone, modelKind, onnxKind, type BackboneSettings } from './kinds.js';
export {
  autoOutputs,
  descriptionPath,
  OnnxDescription,
  openOnnx,
  OnnxSettings,
  type OnnxOptions,
} from './onnxFile.js';
export { listCandidates, type ListedCandidate } from './onnx/inspect.js';
export {
  INSIDE,
  knownPreprocessing,
  preprocess,
  Preprocessing,
  preprocessingOf,
  usualSize,
  type PreprocessingName,
} from './preprocessing.js';
export {
  resnet,
  resnetKinds,
  ResnetSettings,
  stacked,
  stageNames,
  type ResnetKind,
  type StageName,
} from './resnet.js';
export { small, SmallSettings } from './small.js';
export { fitWeights, foreignName, type Fit } from './weights/fit.js';
export { parametersOf, readBackboneWeights, readWeightFile } from './weights/read.js';
export { decodeTorchFile } from './weights/torchFile.js';
export { findCached, hubCache, isFile, repositoryFolder, type Environment } from './hub/cache.js';
export { findHubModel, hubModels, isHubName, type HubModel } from './hub/catalogue.js';
export { fetchWhole } from './hub/fetchWhole.js';
export { bringHint } from './hub/request.js';
export { fetchWeights, type Fetched, type FetchOptions } from './hub/fetchFile.js';
export { frontOf, hasFront, trainedFrom, wholeOf } from './front.js';
export { openExtractor, type OpenExtractorOptions } from './openExtractor.js';
export { randomWeights, readParameters, weightFile } from './parameters.js';
export { parseBackboneSpec } from './spec.js';
export { backboneVariable, findUsual, usualModel, usualSettings } from './usual.js';
export {
  floatModelOf,
  leanFloat,
  pooledCosine,
  quantise,
  type QuantisedNetwork,
  type QuantiseOptions,
} from './quantise/index.js';
export { placesOnFinest } from './geometry/alignment.js';
export { mixingOf, type Mixing } from './stackScales.js';
export { readWhole } from './onnx/external.js';
