// A figure's numbers as text: shares as percents, coefficients as they are.
import type { Figure } from '../evaluate/reports/reportForm.js';
import { percent } from '../percent.js';

/** `34.0 %`, or `0.34` of a coefficient. */
export function shown(value: number, unit: Figure['unit']): string {
  return unit === 'coefficient' ? value.toFixed(2) : percent(value);
}

/** The same without the sign. */
export function digits(value: number, unit?: Figure['unit']): string {
  return unit === 'coefficient' ? value.toFixed(2) : (100 * value).toFixed(1);
}
