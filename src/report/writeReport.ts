// One HTML file that holds everything: figures, curves, clips with their answers. It opens from disk without a
// network, and its security policy lets it ask for nothing.
import { basename } from 'node:path';
import { writeAtomically } from '../atomicFile.js';
import type { EvaluationReport } from '../evaluate/index.js';
import type { TruthClip } from '../truth.js';
import type { Box, Result } from '../result.js';
import { chartHtml, trainingCharts, type TrainingRow } from './charts.js';
import { clipPictures, type ClipPictures } from './clipPictures.js';
import { evaluationHtml } from './evaluationHtml.js';
import { escaped, filled, jsonForScript } from './html.js';
import type { ReportedClip, PageTruth } from '../page/pageData.js';
import { answerSentence, counted, percent, sentences, words } from '../page/sentences.js';
import { pageSource, policyFor } from './pageSource.js';

/** One clip of a report. */
export interface ReportClip {
  /** The video file or frame folder that `result` is about. */
  path: string;
  result: Result;
  /** Shown dashed beside the answer, and says whether the class is right. */
  truth?: TruthClip;
  /** Default: the file's name. */
  title?: string;
}

/** What a report holds besides its clips. */
export interface ReportOptions {
  title?: string;
  /** Sentences below the title. */
  intro?: readonly string[];
  evaluation?: EvaluationReport;
  /** Epochs of the training, for its curves. */
  training?: readonly TrainingRow[];
  /** Longer side of the embedded copies in pixels (default 480), and where they are cut in seconds (default 120). */
  longerSide?: number;
  longestSeconds?: number;
  /** Called after each clip. */
  onClip?: (done: number, total: number) => void;
}

/**
 * Writes the report to `path`. A clip whose video cannot be read again is kept with its answer and says why.
 * Throws `output` where the file cannot be written; nothing half-written is left.
 */
export async function writeReport(
  path: string,
  clips: readonly ReportClip[],
  { title = 'Where and when', intro, evaluation, training = [], onClip, ...limits }: ReportOptions = {},
): Promise<void> {
  const { longerSide = 480, longestSeconds = 120 } = limits;
  const shown: PicturedClip[] = [];
  for (const clip of clips) {
    shown.push(await showClip(clip, shown.length, { longerSide, longestSeconds }));
    onClip?.(shown.length, clips.length);
  }
  const source = await pageSource();
  const charts = trainingCharts(training).map(chartHtml).join('\n');
  const sections = [
    evaluation && evaluationHtml(evaluation),
    charts &&
      `<section aria-labelledby="training-title"><h2 id="training-title">How it learnt</h2><div class="more">${charts}</div></section>`,
  ];
  const page = filled(source.html, {
    title: escaped(title),
    policy: escaped(policyFor(source)),
    style: `<style>${source.css}</style>`,
    intro: (intro ?? defaultIntro(clips)).map((text) => `<p>${escaped(text)}</p>`).join('\n'),
    sections: sections.filter(Boolean).join('\n'),
    clipsTitle: escaped(
      clips.length === 1 ? 'The clip' : `Where and when it looked, in ${counted(clips.length, 'clip')}`,
    ),
    browse: clips.length === 1 ? 'browse alone' : 'browse',
    cards: shown.map(cardHtml).join('\n'),
    data: `<script type="application/json" id="data">${jsonForScript({ clips: shown.map(({ page: entry }) => entry) })}</script>`,
    videos: shown.map(videoHtml).join('\n'),
    script: `<script type="module">${source.script}</script>`,
  });
  await writeAtomically(path, page);
}

/** A clip with its pictures; `pictures` is null where the video could not be read. */
interface PicturedClip {
  page: ReportedClip;
  pictures: ClipPictures | null;
}

async function showClip(
  { path, result, truth, title = words(basename(path).replace(/\.\w+$/, '')) }: ReportClip,
  index: number,
  limits: { longerSide: number; longestSeconds: number },
): Promise<PicturedClip> {
  let missing: string | null = null;
  const pictures = await clipPictures(path, result, limits).catch((error: unknown) => {
    missing = `The video could not be read again: ${error instanceof Error ? error.message : String(error)}`;
    return null;
  });
  const cut = pictures?.isCut ? [`The copy in this report ends after ${limits.longestSeconds} s.`] : [];
  const page: ReportedClip = {
    title,
    result: compact(result),
    sentences: [...sentences(result), ...cut],
    truth: truth ? pageTruth(truth, result) : null,
    video: pictures && {
      id: `video-${index}`,
      frameRate: pictures.video.frameRate,
      frames: pictures.video.frames,
    },
    missing,
    film: pictures && { ...pictures.film, isPainted: true },
  };
  return { page, pictures };
}

/** Fewer digits: a third of the size, and nothing that the eye could see. */
function compact(result: Result): Result {
  const short = (value: number): number => Number(value.toFixed(3));
  const curves = result.curves && {
    ...result.curves,
    values: result.curves.values.map((row) => row.map(short)),
  };
  const rough = (box: Box | null): Box | null => box && (box.map((side) => Number(side.toFixed(1))) as Box);
  const frames = result.frames.map((frame) => ({
    ...frame,
    timeSeconds: Number(frame.timeSeconds.toFixed(5)),
    weight: Number(frame.weight.toFixed(5)),
    box: rough(frame.box),
  }));
  const actors = result.actors.map((actor) => ({ ...actor, boxes: actor.boxes.map(rough) }));
  return { ...result, frames, actors, curves };
}

/** Boxes in pixels of the result's picture: a truth may have been drawn on another size. */
function pageTruth(truth: TruthClip, { video }: Result): PageTruth {
  const toX = video.width / truth.width;
  const toY = video.height / truth.height;
  const own = { label: truth.label, startSeconds: truth.startSeconds, endSeconds: truth.endSeconds };
  return {
    label: truth.label,
    segments: truth.instances ?? [own],
    times: truth.frames.map(({ timeSeconds }) => Number(timeSeconds.toFixed(5))),
    boxes: truth.frames.map(({ box }) => box && [box[0] * toX, box[1] * toY, box[2] * toX, box[3] * toY]),
  };
}

function defaultIntro(clips: readonly ReportClip[]): string[] {
  const models = [
    ...new Set(clips.map(({ result: { model } }) => `${model.id} (${model.attention}, ${model.backbone})`)),
  ];
  return [`Answers of ${models.join(' and ')}: what happens in each clip, where on every frame, and when.`];
}

function cardHtml({ page, pictures }: PicturedClip): string {
  const [best] = page.result.classes;
  const answer = best ? `${words(best.label)}` : 'no answer';
  const isRight = page.truth?.label === best?.label;
  const mark = page.truth
    ? `<span class="mark ${isRight ? 'right' : 'wrong'}">${isRight ? '✓ right' : `✗ true: ${escaped(words(page.truth.label))}`}</span>`
    : `<span>${best ? percent(best.probability) : ''}</span>`;
  const alt = escaped(`${page.title}: ${answerSentence(page.result)}`);
  const picture = pictures
    ? `<img src="${pictures.poster}" alt="" width="72" height="72">`
    : '<img alt="" src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=" width="72" height="72">';
  return `<li><button type="button" aria-label="${alt}">${picture}<span><strong>${escaped(answer)}</strong>${mark}<span class="clip-name">${escaped(page.title)}</span></span></button></li>`;
}

function videoHtml({ page, pictures }: PicturedClip): string {
  if (!page.video || !pictures) return '';
  return `<script type="application/octet-stream" id="${page.video.id}">${Buffer.from(pictures.video.bytes).toString('base64')}</script>`;
}
