// One training in a worker, from its takes to its end.
import type { TeachJob } from './messages.js';
import type { Taught, TeachProgress } from './options.js';
import { Teacher, type TeacherOptions } from './teacher.js';

/** A training in a worker. */
export interface WorkerJob extends TeacherOptions, TeachJob {
  signal?: AbortSignal;
}

/** Learns in `worker`, as `teach` does, and ends it. Throws as {@link Teacher.teach} does. */
export async function teachInWorker(
  { takes, recipe, start, signal, ...setting }: WorkerJob,
  onProgress: (progress: TeachProgress) => void = () => {},
): Promise<Taught> {
  const teacher = new Teacher(setting);
  try {
    return await teacher.teach(takes, { recipe, start, signal, onProgress });
  } finally {
    teacher.close();
  }
}
