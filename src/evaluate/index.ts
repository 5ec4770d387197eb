// Honest figures: metrics as pure functions, and the trivial answers that stand beside them.
export * from './bootstrap.js';
export * from './classification.js';
export * from './constantBox.js';
export * from './figure.js';
export * from './overlap.js';
export * from './record.js';
export * from './report.js';
export * from './reportForm.js';
export * from './spatial.js';
export * from './temporal.js';
export * from './trivial.js';
export * from './truth.js';
