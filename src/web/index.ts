// The door for pages: open a model that `wherewhen export --web` wrote, read a clip that the browser decodes, answer, and say
// it in words. Needs the packages onnxruntime-web and mediabunny beside this one.
export { WhereWhenError, type ErrorFacts } from '../errors.js';
export type { Answer } from '../infer/answer.js';
export { openWebModel, webFiles, type WebModel, type WebModelFiles } from '../infer/webModel.js';
export { sentences } from '../page/sentences.js';
export { parseResult, type Result } from '../result.js';
export {
  openWebRuntime,
  type OnnxRuntimeFiles,
  type Runtime,
  type WebRuntimeOptions,
} from '../runtime/web/index.js';
export { answerFile } from './answerFile.js';
export { readClipFile, type PageClipShape, type PageClip, type ReadOptions } from './clipFile.js';
export { openPageModel, type OpenPageModelOptions } from './openPageModel.js';
