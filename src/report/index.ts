// An answer for people: one self-contained HTML file, overlay videos, tables and sentences.
export { AnswerPainter } from './answerPainter.js';
export { chartHtml, trainingCharts, type Chart, type TrainingRow } from './charts.js';
export { contactSheet, type SheetOptions } from './contactSheet.js';
export { constantRate } from './constantRate.js';
export { filmLayout, filmStrip } from './filmStrip.js';
export { escaped } from './html.js';
export { pageStyle, policyFor } from './pageSource.js';
export { overlayVideo, scaledSize, type OverlayOptions } from './overlayVideo.js';
export { cividis, cividisCss } from './page/colours.js';
export { boxAt, maskAt, momentAt, unpackMasks, type MaskStack, type Moment } from './page/moments.js';
export { isTold, toldActors } from './page/actors.js';
export {
  actorSentences,
  answerSentence,
  counted,
  percent,
  placeOf,
  placePath,
  seconds,
  sentences,
  words,
} from './sentences.js';
export {
  confusionPlot,
  iouHistogram,
  precisionRecallPlot,
  reliabilityPlot,
  type NamedCurve,
} from './plots.js';
export { detectionTable, protocolTable, scriptTable, splitsTable, tubeTable } from './protocolTable.js';
export { entropyShare, trainingWarnings } from './trainingWarnings.js';
export { evaluationTable, evaluationWords, headline, seedsTable } from './table.js';
export { writeReport, type ReportClip, type ReportOptions } from './writeReport.js';
