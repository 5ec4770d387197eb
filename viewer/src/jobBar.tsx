// Long work under way, at the foot of the page, each with a way to stop it.
import { ServerJob } from '../../src/server/api.js';
import { Icon } from './icon.js';
import { ask } from './source.js';
import { clips, jobs, state } from './store.js';
import { texts } from './words/index.js';

/** One line for each piece of work that is not over. */
export function JobBar() {
  const t = texts.value.app;
  const open = jobs.value.filter((job) => job.state === 'running' || job.state === 'waiting');
  return (
    <aside class="jobs" aria-label={t.jobs} hidden={open.length === 0}>
      {open.map((job) => (
        <div class="job" key={job.id}>
          <span>{nameOf(job)}</span>
          <progress max={Math.max(1, job.total)} value={job.done} aria-label={nameOf(job)} />
          <span>{t.jobDone(job.done, job.total, job.failed)}</span>
          <button
            class="quiet"
            type="button"
            aria-label={t.stopJob(nameOf(job))}
            onClick={() => void stop(job)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </aside>
  );
}

function nameOf({ kind, clip, model }: ServerJob): string {
  if (kind === 'copy') {
    const at = clips.value.ids.indexOf(clip ?? '');
    return texts.value.app.converting(clips.value.names[at]);
  }
  const name = state.value?.models.find(({ key }) => key === model)?.name ?? model;
  return texts.value.app.predicts(name ?? '');
}

async function stop({ id }: ServerJob): Promise<void> {
  await ask(`jobs/${id}`, ServerJob, { method: 'DELETE' }).catch(() => undefined);
}
