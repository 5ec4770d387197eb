// Public names of audit/.
export { ablate, type Ablation, type AblationOptions, type RowName, type RowRun } from './ablation/ablate.js';
export { answerOfGroup } from './ablation/answers.js';
export { ablationMarkdown } from './ablation/markdown.js';
export type { RowMeasures } from './ablation/measureRow.js';
export { tableOf, type AblationTable, type TableRow } from './ablation/table.js';
export { audit, AuditReport, type AuditOptions } from './audit.js';
export { auditHtml, writeAudit } from './auditHtml.js';
export { auditWords } from './auditWords.js';
export {
  CHECKS,
  ClipsBehind,
  failing,
  Finding,
  Level,
  parseFailOn,
  type AuditFigure,
  type CheckName,
  type FailOn,
} from './finding.js';
