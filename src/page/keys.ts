// The keyboard of a page: one map from keys to acts, silent where the focused element needs the key itself.

/** Acts by `KeyboardEvent.key`. */
export type KeyMap = Record<string, (event: KeyboardEvent) => void>;

/** Listens until the returned function is called. Keys with control, command or alt are the browser's. */
export function listenKeys(keys: KeyMap): () => void {
  const listener = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = keys[event.key];
    if (!act || hasOwnUse(event.target as HTMLElement, event.key)) return;
    event.preventDefault();
    act(event);
  };
  document.addEventListener('keydown', listener);
  return () => document.removeEventListener('keydown', listener);
}

/** Keys that the focused element needs itself. */
function hasOwnUse(element: HTMLElement, key: string): boolean {
  if (key === 'Enter' && element !== document.body) return !element.matches('main, .list, .timeline');
  if (element.matches('select, textarea, input:not([type=range], [type=checkbox], [type=file])')) return true;
  if (element.matches('input')) return key === ' ' || /^(Arrow|Home|End|Page)/.test(key);
  return key === ' ' && element.matches('button, summary');
}
