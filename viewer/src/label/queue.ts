// Which clip is labelled next. Pure.

/** The next clip of a list without labels after the one that is open, from the top again at its end; null where none is left. */
export function nextUnlabelled(
  list: readonly { id: string; isLabelled: boolean }[],
  open: string,
): string | null {
  const at = list.findIndex(({ id }) => id === open);
  const inTurn = [...list.slice(at + 1), ...list.slice(0, Math.max(0, at))];
  return inTurn.find(({ id, isLabelled }) => !isLabelled && id !== open)?.id ?? null;
}
