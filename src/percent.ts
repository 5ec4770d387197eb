// Shares as the tables and reports of figures print them; sentences for people round further (page/sentences.ts).

/** `12.3 %` for a share of 0.123. */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
