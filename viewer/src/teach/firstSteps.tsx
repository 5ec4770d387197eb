// What the page offers when it has no take yet: something finished to look at, teaching, and a folder of clips.
import { texts } from '../words/index.js';
import { openCamera } from './camera.js';
import { canOpenFolder, chooseFolder, clipsOfField } from './foundClips.js';
import { Sample } from './sample.js';
import { takeClips } from './takeIn.js';

/** The three ways. */
export function FirstSteps() {
  const t = texts.value.first;
  return (
    <section class="first" aria-labelledby="first-title">
      <h2 class="small" id="first-title">
        {t.title}
      </h2>
      <div class="first-ways">
        <Sample />
        <section class="sheet way" aria-labelledby="first-teach">
          <h3 id="first-teach">{t.teachTitle}</h3>
          <p>{t.teachText}</p>
          <button type="button" class="main" onClick={startTeaching}>
            {t.teachButton}
          </button>
        </section>
        <section class="sheet way" aria-labelledby="first-folder">
          <h3 id="first-folder">{t.folderTitle}</h3>
          <p>{t.folderText}</p>
          <FolderButton />
        </section>
      </div>
    </section>
  );
}

/** The camera is on, and the field for the first name has the focus. */
function startTeaching(): void {
  void openCamera();
  document.querySelector<HTMLInputElement>('.new-action input')?.focus();
}

/** Asks the browser for a folder; a field does where there is no File System Access. */
function FolderButton() {
  const t = texts.value.first;
  if (canOpenFolder) {
    return (
      <button type="button" onClick={() => void chooseFolder().then((found) => takeClips(found, null))}>
        {t.folderButton}
      </button>
    );
  }
  return (
    <label class="button">
      {t.folderButton}
      <input
        type="file"
        class="unseen"
        multiple
        ref={(field) => void field?.setAttribute('webkitdirectory', '')}
        onChange={({ currentTarget }) => void takeClips(clipsOfField(currentTarget.files ?? []), null)}
      />
    </label>
  );
}
