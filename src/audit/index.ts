// Is the explanation true: what is asked of a model, how it is judged, the page.
export { audit, type AuditOptions, AuditReport } from './audit.js';
export { auditHtml, writeAudit } from './auditHtml.js';
export { auditWords } from './auditWords.js';
export { type CheckName, failing, parseFailOn } from './finding.js';
export { headFacts } from './headFacts.js';
export { ranking } from './orders.js';
