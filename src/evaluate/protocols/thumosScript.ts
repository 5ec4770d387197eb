// `thumos14-script`: the recall of kept frames on clips that are cut around the true instances, as the released scripts count.
import { videoFiles } from '../../dataset/annotated.js';
import { AMBIGUOUS } from '../../metrics/thumos14.js';
import { thumosScriptReport, type ScriptReport } from '../reports/scriptReports.js';
import { noteMissing, withModel, type ProtocolRun } from './run.js';
import { truthOf, type TemporalTruth } from './temporalTruth.js';
import { answerCutClips, cutClips } from './videos.js';

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
  const files = await videoFiles(
    run.data!,
    segments.map(({ video }) => video),
  );
  noteMissing(run, files.size, countVideos(segments), 'videos');
  return withModel(run, async (predictor) => {
    const clips = await answerCutClips(predictor, segments, files, run);
    return thumosScriptReport(clips, { videos: files.size, hasAnswers: true });
  });
}

function countVideos(segments: TemporalTruth['segments']): number {
  const sure = segments.filter(({ label }) => label !== AMBIGUOUS);
  return new Set(sure.map(({ video }) => video)).size;
}
