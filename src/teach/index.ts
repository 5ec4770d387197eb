// Learning in a page, or anywhere: takes and a frozen backbone in, a model with its figures out. Uses nothing of Node.
export { parseBackbone, type TeachBackbone } from './backbone.js';
export { asFile, stackedFeatures, takeShape } from './looked.js';
export type { TeachJob, TeachSetting } from './messages.js';
export { openWebBackbone, type WebBackbone } from '../infer/webModel.js';
export type { Taught, TeachEpoch, TeachFigures, TeachOptions, TeachProgress } from './options.js';
export { TakeFacts, takeFeatures, TeachMark, type TeachTake } from './take.js';
export { headFile, modelFilesOf, openTaught } from './taught.js';
export { teach } from './teach.js';
export { readTeachZip } from './zip/read.js';
export { type TeachZip, writeTeachZip, type ZippedTake } from './zip/write.js';
export { teachInWorker, type WorkerJob } from './teachInWorker.js';
export { Teacher, type LessonOptions, type TeacherOptions } from './teacher.js';
