// Is the explanation true: what is asked of a model, how it is judged, the page.
export { audit, type AuditOptions, AuditReport } from './audit.js';
export { writeAudit } from './auditHtml.js';
