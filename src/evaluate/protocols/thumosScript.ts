// `thumos14-script`: the recall of kept frames on clips that are cut around the true instances, as the released scripts count.
import { videoFiles } from '../../dataset/annotated.js';
import { AMBIGUOUS } from '../../metrics/thumos14.js';
import { thumosScriptReport, type ScriptReport } from '../reports/scriptReports.js';
import { noteMissing, withModel, type OpenedModel, type ProtocolRun } from './run.js';
import { truthOf, type TemporalTruth } from './temporalTruth.js';
import { answerCutClips, cutClips, type Watcher } from './videos.js';
import { type TrueSegment } from '../../metrics/index.js';
import { type ThumosScriptClip } from '../../metrics/thumosScript.js';

/** The recall; without a model that of the trivial answers alone. */
export async function thumosScripts(run: ProtocolRun): Promise<ScriptReport> {
  const { segments, durations } = await truthOf(run, 'thumos14');
  if (run.model === undefined) {
    const clips = cutClips(segments, durations);
    const beyond = clips.filter(({ isTrue }) => !isTrue.includes(true)).length;
    if (beyond > 0)
      run.onNote?.(`${beyond} instances lie beyond the end of their video: nothing recalls them`);
    return thumosScriptReport(clips, { videos: countVideos(segments), hasAnswers: false });
  }
  const { clips, videos } = await answeredCuts(run.data!, segments, run, (found) =>
    noteMissing(run, found, countVideos(segments), 'videos'),
  );
  return thumosScriptReport(clips, { videos, hasAnswers: true });
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
