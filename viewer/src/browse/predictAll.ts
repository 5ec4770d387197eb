// Predictions of all clips: asked for by the page itself when it opens, and by the reader afterwards.
import { ServerJob, JobList } from '../../../src/server/api.js';
import { ask } from '../source.js';
import { jobs } from '../store.js';

/** Models that this page has seen to. */
const begun = new Set<string>();

/** Has the model predicted, or was it stopped, since the server started? Then the reader decides. */
export function wasBegun(jobs: readonly ServerJob[], model: string): boolean {
  return jobs.some((job) => job.kind === 'answer' && job.model === model);
}

/** Predicts every clip that has no prediction yet. Throws a Fault. */
export async function predictAll(model: string): Promise<void> {
  take([await ask('jobs', ServerJob, { method: 'POST', body: { kind: 'answer', model } })]);
}

/** Work that a request tells of is known before the next event does. */
function take(told: readonly ServerJob[]): void {
  const known = new Set(jobs.value.map(({ id }) => id));
  jobs.value = [...jobs.value, ...told.filter(({ id }) => !known.has(id))].slice(-20);
}

/** The same once a sitting of the server, without being asked: a stopped job is not begun again behind the reader's back. */
export async function predictByItself(model: string): Promise<void> {
  if (begun.has(model)) return;
  begun.add(model);
  const { jobs: before } = await ask('jobs.json', JobList);
  take(before);
  if (!wasBegun(before, model)) await predictAll(model);
}
