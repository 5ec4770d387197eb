// `thumos14-script`: the recall of kept frames on clips that are cut around the true instances, as the released scripts count.
import { videoFiles } from '../../dataset/annotated.js';
import { AMBIGUOUS } from '../../metrics/thumos14.js';
import { thumosScriptReport, type ScriptReport } from '../reports/scriptReports.js';
import { factsOf } from './facts.js';
import type { Protocol } from './protocol.js';
import { noteMissing, withModel, type OpenedModel, type ProtocolRun } from './run.js';
import { truthOf, type TemporalTruth } from './temporalTruth.js';
import { answerCutClips, cutClips, type Watcher } from './videos.js';
import { type TrueSegment } from '../../metrics/index.js';
import { THUMOS_SCRIPT_THRESHOLDS, type ThumosScriptClip } from '../../metrics/thumosScript.js';

const facts = factsOf(
  'thumos14-script',
  'share of cut clips, correctly classified, whose kept frames recall the truth',
  {
    thresholds: THUMOS_SCRIPT_THRESHOLDS,
    published: [70.0, 61.4, 48.6, 32.6, 17.9],
    caution: "the released scripts' own counting; it is a recall, and keeping every frame reaches all of it",
  },
);

/** THUMOS14 as the released scripts count it. */
export const thumos14Script: Protocol = { ...facts, run: thumosScripts };

/** The recall; without a model that of the image-blind baselines alone. */
async function thumosScripts(run: ProtocolRun): Promise<ScriptReport> {
  const { segments, durations } = await truthOf(run, 'thumos14');
  if (run.model === undefined) {
    const clips = cutClips(segments, durations);
    const beyond = clips.filter(({ isTrue }) => !isTrue.includes(true)).length;
    if (beyond > 0)
      run.onNote?.(`${beyond} instances lie beyond the end of their video: nothing recalls them`);
    return thumosScriptReport(facts, clips, { videos: countVideos(segments), hasAnswers: false });
  }
  const { clips, videos } = await answeredCuts(run.data!, segments, run, (found) =>
    noteMissing(run, found, countVideos(segments), 'videos'),
  );
  return thumosScriptReport(facts, clips, { videos, hasAnswers: true });
}

/** The clips around the true instances of the videos below `data`, answered by a model; `onFound` is told of the videos first. */
export async function answeredCuts(
  data: string,
  segments: readonly TrueSegment[],
  run: OpenedModel & Watcher,
  onFound?: (videos: number) => void,
): Promise<{ clips: ThumosScriptClip[]; videos: number }> {
  const files = await videoFiles(
    data,
    segments.map(({ video }) => video),
  );
  onFound?.(files.size);
  const clips = await withModel(run, (predictor) => answerCutClips(predictor, segments, files, run));
  return { clips, videos: files.size };
}

function countVideos(segments: TemporalTruth['segments']): number {
  const sure = segments.filter(({ label }) => label !== AMBIGUOUS);
  return new Set(sure.map(({ video }) => video)).size;
}
