// FiftyOne, whose samples are read and written as JSON.
import { hasFields, LOOKS, type AnnotationFormat } from '../format.js';
import { readSamples } from './read.js';
import { written } from './write.js';

/** `samples.json`. */
export const fiftyone: AnnotationFormat = {
  name: 'fiftyone',
  reads: 'samples.json or the folder of an export, with frames inside the samples or beside them',
  looksLike: {
    inFolder: /^samples\.json$/i,
    json: (value) => hasFields(value, 'samples') && LOOKS.ownNames,
  },
  takesAttribute: true,
  read: readSamples,
  written,
};
