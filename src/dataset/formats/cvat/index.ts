// CVAT, whose tracks are read and written as "CVAT for video 1.1".
import type { AnnotationFormat } from '../format.js';
import { readCvat } from './read.js';
import { written } from './write.js';

/** XML of a task, a job or a project. */
export const cvat: AnnotationFormat = {
  name: 'cvat',
  reads: 'annotations.xml, "CVAT for video 1.1", of a task, a job or a project, or a folder of them',
  looksLike: { endings: ['.xml'], inFolder: /\.xml$/i, isNested: true },
  takesAttribute: true,
  read: readCvat,
  written,
};
