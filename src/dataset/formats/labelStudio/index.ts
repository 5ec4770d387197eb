// Label Studio, whose exports are read in three forms and written as the JSON that it imports.
import { hasFields, LOOKS, type AnnotationFormat } from '../format.js';
import { isFlatRecord } from './flat.js';
import { readTasks } from './read.js';
import { written } from './write.js';

/** Tasks with one video each. */
export const labelStudio: AnnotationFormat = {
  name: 'label-studio',
  reads: 'an export as JSON, JSON-MIN or CSV',
  looksLike: {
    table: ({ names }) => isFlatRecord(names) && LOOKS.ownNames,
    json: (value) => Array.isArray(value) && value.some(isTask) && LOOKS.ownNames,
  },
  takesAttribute: true,
  read: readTasks,
  written,
};

function isTask(one: unknown): boolean {
  return hasFields(one, 'data') || isFlatRecord(Object.keys((one ?? {}) as object));
}
