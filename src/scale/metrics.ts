// Figures of a running process as Prometheus reads them: the text form 0.0.4, a family after another.

/** One figure family: its name behind `wherewhen_`, what it is, and its values by their labels. */
export interface Family {
  name: string;
  kind: 'counter' | 'gauge';
  help: string;
  values: readonly Sample[];
}

/** A value, and what tells it from others of its family. */
export interface Sample {
  labels?: Readonly<Record<string, string>>;
  value: number;
}

/** What the answer is served as. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** The families as text. Names are letters, digits and `_`; labels may hold anything. */
export function metricsText(families: readonly Family[]): string {
  return families.map(familyText).join('');
}

/** A family of one value. */
export function single(name: string, kind: Family['kind'], help: string, value: number): Family {
  return { name, kind, help, values: [{ value }] };
}

function familyText({ name, kind, help, values }: Family): string {
  const full = `wherewhen_${name}`;
  const lines = values.map(({ labels, value }) => `${full}${labelText(labels)} ${numberText(value)}`);
  return [`# HELP ${full} ${help}`, `# TYPE ${full} ${kind}`, ...lines, ''].join('\n');
}

function labelText(labels: Sample['labels'] = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}
