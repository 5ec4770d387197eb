// Gives a clip to the server, by a button or by dropping it on the page.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { ClipListEntry } from '../../../src/server/api.js';
import { go } from '../route.js';
import { ask } from '../source.js';
import { loadClips, state } from '../store.js';
import { texts } from '../words/index.js';

/** The button, and the ear for dropped files. */
export function Upload() {
  const note = useSignal('');
  const limit = state.value?.uploadLimit ?? 0;
  const take = async (file: File): Promise<void> => {
    if (file.size > limit) {
      note.value = texts.value.list.tooLarge(file.name, Math.round(limit / 1e6));
      return;
    }
    note.value = texts.value.list.taking(file.name);
    try {
      const path = `uploads?name=${encodeURIComponent(file.name)}`;
      const { id } = await ask(path, ClipListEntry, { method: 'POST', body: file });
      await loadClips();
      note.value = '';
      go({ view: 'clips', clip: id });
    } catch (error) {
      note.value = (error as Error).message;
    }
  };
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      const file = event.dataTransfer?.files[0];
      if (file && limit > 0) void take(file);
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
    };
  }, [limit]);
  if (limit === 0) return null;
  return (
    <div class="upload">
      <label class="button">
        {texts.value.list.addClip}
        <input
          id="upload"
          type="file"
          accept="video/*,.avi,.mkv,.gif,.mpg"
          class="unseen"
          onChange={({ currentTarget }) => currentTarget.files?.[0] && void take(currentTarget.files[0])}
        />
      </label>
      <span class="note" role="status">
        {note.value || texts.value.list.orDrop}
      </span>
    </div>
  );
}
