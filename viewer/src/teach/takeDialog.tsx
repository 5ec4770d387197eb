// A take that is open: where the model looked, what the reader marks, and everything that can be done with it.
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { texts } from '../words/index.js';
import { filmOf } from './clipsOfTakes.js';
import { CorrectPanel } from './correctPanel.js';
import { deleteTake } from './deletion.js';
import { actions, changeTake, takes } from './lesson.js';
import { openTake } from './opened.js';
import { retake } from './recording.js';
import { SheetDialog } from './sheetDialog.js';
import type { Take } from './take.js';
import { taught } from './taught.js';

/** The dialog of the open take; nothing where none is open. */
export function TakeDialog() {
  const take = takes.value.find(({ id }) => id === openTake.value);
  if (!take) return null;
  const action = actions.value.find(({ id }) => id === take.action);
  const place = takes.value.filter((one) => one.action === take.action).indexOf(take) + 1;
  const name = texts.value.take.name(action?.name ?? '', place);
  return (
    <SheetDialog title={texts.value.correct.title(name)} onClose={() => (openTake.value = null)}>
      <Frames take={take} />
      <Doings take={take} name={name} />
    </SheetDialog>
  );
}

function Frames({ take }: { take: Take }) {
  const film = useSignal<ImageBitmap | null>(null);
  useEffect(() => {
    let isHere = true;
    void pictureOf(take).then((found) => isHere && (film.value = found));
    return () => void (isHere = false);
  }, [take.id]);
  const { film: facts } = take;
  if (!facts) return <p class="note">{texts.value.correct.noFilm}</p>;
  const picture = film.value;
  const drawFrame = (i: number, canvas: HTMLCanvasElement): void => {
    if (!picture) return;
    const cell = picture.width / facts.times.length;
    [canvas.width, canvas.height] = [cell, picture.height];
    canvas
      .getContext('2d')!
      .drawImage(picture, i * cell, 0, cell, picture.height, 0, 0, cell, picture.height);
  };
  return (
    <CorrectPanel
      drawFrame={drawFrame}
      {...facts}
      result={taught.value?.answers.get(take.id) ?? null}
      marks={take.marks}
      onMarks={(marks) => changeTake(take.id, { marks })}
    />
  );
}

async function pictureOf(take: Take): Promise<ImageBitmap | null> {
  const address = await filmOf(take);
  if (address === null) return null;
  const image = new Image();
  image.src = address;
  await image.decode();
  return createImageBitmap(image);
}

function Doings({ take, name }: { take: Take; name: string }) {
  const t = texts.value.take;
  const action = actions.value.find(({ id }) => id === take.action);
  const who = texts.value.actions;
  return (
    <footer class="dialog-foot">
      <label>
        {t.move}{' '}
        <select
          id="take-action"
          value={take.action}
          onChange={({ currentTarget }) => changeTake(take.id, { action: currentTarget.value })}
        >
          {actions.value.map(({ id, name: label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <label title={who.whoHint}>
        {who.who}{' '}
        <input
          class="field"
          size={8}
          maxLength={60}
          value={take.group}
          onChange={({ currentTarget }) => changeTake(take.id, { group: currentTarget.value.trim() })}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={take.isTest}
          onChange={({ currentTarget }) => changeTake(take.id, { isTest: currentTarget.checked })}
        />{' '}
        {t.holdBack}
      </label>
      <span class="grow" />
      {take.source === 'camera' && action && (
        <button
          type="button"
          onClick={() => {
            openTake.value = null;
            void retake(take, action);
          }}
        >
          {t.retake}
        </button>
      )}
      <button
        type="button"
        onClick={() => {
          openTake.value = null;
          void deleteTake(take, name);
        }}
      >
        {t.remove}
      </button>
    </footer>
  );
}
