// Public names of audit/.
export { audit, AuditReport, type AuditOptions } from './audit.js';
export { auditHtml, writeAudit } from './auditHtml.js';
export { auditWords } from './auditWords.js';
export {
  CHECKS,
  failing,
  Finding,
  Level,
  parseFailOn,
  type AuditFigure,
  type CheckName,
  type FailOn,
} from './finding.js';
