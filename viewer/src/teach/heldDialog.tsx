// A moment of the camera that was stopped: it can be looked at, marked, and added as a take of the action that it really was.
import { useSignal } from '@preact/signals';
import { texts } from '../words/index.js';
import { CorrectPanel } from './correctPanel.js';
import { actions, changeTake } from './lesson.js';
import { heldMoment, type HeldMoment } from './opened.js';
import { recordNote, recordSettings } from './recording.js';
import { SheetDialog } from './sheetDialog.js';
import type { Mark } from './take.js';
import { takeClip } from './takeIn.js';

/** The dialog of the held moment; nothing where none is held. */
export function HeldDialog() {
  const moment = heldMoment.value;
  if (!moment) return null;
  return (
    <SheetDialog title={texts.value.correct.held} onClose={() => letGo()}>
      <Held moment={moment} />
    </SheetDialog>
  );
}

/** The camera goes on. */
function letGo(): void {
  heldMoment.value?.pictures.forEach((picture) => picture.close());
  heldMoment.value = null;
}

function Held({ moment }: { moment: HeldMoment }) {
  const { pictures, result } = moment;
  const marks = useSignal<readonly Mark[]>([]);
  const best = result.classes[0]?.label;
  const action = useSignal(actions.value.find(({ name }) => name === best)?.id ?? actions.value[0]!.id);
  const fault = useSignal('');
  const t = texts.value.correct;
  const times = result.frames.map(({ timeSeconds }) => timeSeconds);
  const drawFrame = (i: number, canvas: HTMLCanvasElement): void => {
    const picture = pictures[i];
    if (!picture || picture.width === 0) return; // it was let go
    [canvas.width, canvas.height] = [picture.width, picture.height];
    canvas.getContext('2d')!.drawImage(picture, 0, 0);
  };
  const add = async (): Promise<void> => {
    try {
      const { canEncode, clipOfMoment } = await import('./momentClip.js');
      if (!canEncode) throw new Error(t.cannotEncode);
      const clip = await clipOfMoment({ pictures, times }, `moment-${Date.now()}.webm`);
      const origin = { action: action.value, source: 'moment', group: recordSettings.value.group } as const;
      const take = await takeClip(clip, origin);
      if (marks.value.length > 0) changeTake(take.id, { marks: marks.value });
      recordNote.value = texts.value.camera.recorded(
        actions.value.find(({ id }) => id === action.value)!.name,
      );
      letGo();
    } catch (error) {
      fault.value = (error as Error).message;
    }
  };
  return (
    <>
      <CorrectPanel
        drawFrame={drawFrame}
        {...{ times, result, width: result.video.width, height: result.video.height }}
        marks={marks.value}
        onMarks={(made) => (marks.value = made)}
      />
      {fault.value !== '' && (
        <p role="alert" class="bad">
          {fault.value}
        </p>
      )}
      <footer class="dialog-foot">
        <label>
          {t.addTakeTo}{' '}
          <select
            id="held-action"
            value={action.value}
            onChange={({ currentTarget }) => (action.value = currentTarget.value)}
          >
            {actions.value.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <button type="button" id="held-add" class="main" onClick={() => void add()}>
          {t.addTake}
        </button>
        <span class="grow" />
        <button type="button" onClick={letGo}>
          {t.discard}
        </button>
      </footer>
    </>
  );
}
