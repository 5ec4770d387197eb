// Many answers as one piece of work: clips are decoded two at a time, and a broken one is counted, not fatal.
import { usageError } from '../errors.js';
import type { ServerJob, JobRequest } from './api.js';
import type { JobHandle } from './jobs.js';
import type { ServedClip } from './library.js';
import type { Answers } from './answers.js';
import type { Served } from './served.js';
import { TooBusy } from './sharedWork.js';

/** Jobs that are under way at a time. */
const mostJobs = 8;

/**
 * Starts the work and returns its job. Throws `missing` for an unknown model or clip, `usage` where nothing is left to do,
 * and `TooBusy`.
 */
export async function answerAll(
  { library, models, jobs, counts }: Served,
  { model, clips }: JobRequest,
): Promise<ServerJob> {
  if (jobs.running >= mostJobs) throw new TooBusy();
  const answers = await models.answers(model);
  const asked = clips?.map((id) => library.clip(id)) ?? [...library.clips()];
  const open: ServedClip[] = [];
  for (const clip of asked) if (!(await answers.isKnown(clip))) open.push(clip);
  if (open.length === 0) throw usageError('job.clips', 'clips without an answer', 'none');
  const tell = (clip: string): void => {
    counts.answered();
    jobs.tell({ kind: 'answered', model, clip });
  };
  const facts = { kind: 'answer', model, clip: null, total: open.length } as const;
  const { job, result } = jobs.run(facts, (handle) => work(answers, open, { handle, tell }));
  result.catch(() => undefined); // its state tells
  return job;
}

async function work(
  answers: Answers,
  clips: readonly ServedClip[],
  { handle, tell }: { handle: JobHandle; tell: (clip: string) => void },
): Promise<void> {
  const left = [...clips];
  let [done, failed] = [0, 0];
  const worker = async (): Promise<void> => {
    for (let clip = left.shift(); clip && !handle.signal.aborted; clip = left.shift()) {
      await answers.answer(clip, handle.signal, { isBulk: true }).then(
        () => tell(clip!.id),
        () => void failed++,
      );
      handle.update(++done, clips.length, failed);
    }
  };
  await Promise.all(Array.from({ length: answers.sideBySide }, worker));
}
