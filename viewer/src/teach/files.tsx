// The whole lesson as one file: saved, opened, and taken away from this browser.
import { useSignal } from '@preact/signals';
import { texts } from '../words/index.js';
import { clearLesson, takes } from './lesson.js';
import { openSaved, saveLesson } from './saved.js';
import { learning, taught } from './taught.js';

/** The three buttons. */
export function Files() {
  const note = useSignal('');
  const fault = useSignal('');
  const t = texts.value.teach;
  const zip = texts.value.zip;
  const isEmpty = takes.value.length === 0;
  const doing = async (says: string, work: () => Promise<string>): Promise<void> => {
    [note.value, fault.value] = [says, ''];
    try {
      note.value = await work();
    } catch (error) {
      note.value = '';
      fault.value = zip.refused((error as Error).message);
    }
  };
  const open = async (file: File): Promise<string> => {
    if (!isEmpty && !confirm(zip.replaceAsk)) return '';
    const { count, hasModel } = await openSaved(file);
    return `${t.opened(count)}${hasModel ? ` ${zip.hasModel}` : ''}`;
  };
  const startAgain = async (): Promise<void> => {
    if (!confirm(t.startAgainAsk)) return;
    await clearLesson();
    [taught.value, learning.value, note.value] = [null, { state: 'idle' }, ''];
  };
  return (
    <div class="files">
      <button
        type="button"
        id="save-lesson"
        disabled={isEmpty}
        onClick={() => void doing(t.saving, async () => zip.saved(await saveLesson()))}
      >
        {t.save}
      </button>
      <label class="button">
        {t.open}
        <input
          type="file"
          id="open-lesson"
          class="unseen"
          accept=".zip"
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file) void doing(texts.value.frame.opening, () => open(file));
            currentTarget.value = '';
          }}
        />
      </label>
      {!isEmpty && (
        <button type="button" id="start-again" class="link" onClick={() => void startAgain()}>
          {t.startAgain}
        </button>
      )}
      <p role="status" class="note" id="file-note">
        {note.value}
      </p>
      {fault.value !== '' && (
        <p role="alert" class="bad" id="file-fault">
          {fault.value}
        </p>
      )}
    </div>
  );
}
