// An answer for people: one self-contained HTML file, overlay videos, tables and plots.
export { type Chart, chartHtml, trainingCharts } from './charts.js';
export { constantRate } from './constantRate.js';
export { contactSheet } from './contactSheet.js';
export { filmLayout, filmStrip } from './filmStrip.js';
export { escaped } from './html.js';
export { overlayVideo, scaledSize } from './overlayVideo.js';
export { pageStyle, policyFor } from './pageSource.js';
export { confusionPlot, iouHistogram, precisionRecallPlot, reliabilityPlot } from './plots.js';
export { protocolTable } from './protocolTable.js';
export { evaluationTable, seedsTable } from './table.js';
export { entropyShare, trainingWarnings } from './trainingWarnings.js';
export { type ReportClip, writeReport } from './writeReport.js';
