// An answer for people: one self-contained HTML file, overlay videos, tables and plots.
export { overlayVideo } from './overlayVideo.js';
export { evaluationTable } from './table.js';
export { type ReportClip, writeReport } from './writeReport.js';
