// The view "Teach": actions with their takes on one side, the camera with its live answer and learning on the other.
import { useEffect } from 'preact/hooks';
import { texts } from '../words/index.js';
import { ActionCard } from './actionCard.js';
import { BackbonePanel } from './backbonePanel.js';
import { CameraStage } from './cameraStage.js';
import { closeCamera } from './camera.js';
import { deletion } from './deletion.js';
import { Files } from './files.js';
import { FirstSteps } from './firstSteps.js';
import { clipsOfDrop } from './foundClips.js';
import { HeldDialog } from './heldDialog.js';
import { startLearning } from './learn.js';
import { LearnPanel } from './learnPanel.js';
import { actions, isOpen, openLesson, takes } from './lesson.js';
import { missingNeeds } from './needs.js';
import { NewAction } from './newAction.js';
import { RecordBar } from './recordBar.js';
import { StoragePanel } from './storagePanel.js';
import { TakeDialog } from './takeDialog.js';
import { reading, refused, takeClips } from './takeIn.js';

/** The view. */
export function TeachView() {
  useEffect(() => {
    void openLesson();
    const stop = startLearning();
    return () => {
      stop();
      closeCamera();
    };
  }, []);
  useDrop();
  if (!isOpen.value) return <p class="waiting">{texts.value.frame.opening}</p>;
  return (
    <div class="teach">
      <Head />
      <Needs />
      <StoragePanel />
      {takes.value.length === 0 && <FirstSteps />}
      <div class="teach-columns">
        <div class="teach-right">
          <CameraStage />
          <LearnPanel />
          <BackbonePanel />
        </div>
        <div class="teach-left" id="actions">
          {actions.value.map((action, place) => (
            <ActionCard key={action.id} action={action} place={place} />
          ))}
          <NewAction />
          <RecordBar />
          <Incoming />
          <Undo />
        </div>
      </div>
      <TakeDialog />
      <HeldDialog />
    </div>
  );
}

function Head() {
  const t = texts.value.teach;
  return (
    <header class="teach-head">
      <div>
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      <Files />
    </header>
  );
}

function Needs() {
  const t = texts.value.needs;
  const missing = missingNeeds();
  if (missing.length === 0) return null;
  return (
    <section class="banner bad" role="alert" id="needs">
      <strong>{t.title}</strong> {t.text(missing.map((need) => t[need]).join(', '))}
    </section>
  );
}

/** What is being read, and which clips could not be. */
function Incoming() {
  return (
    <>
      <p role="status" class="note" id="reading-note">
        {reading.value}
      </p>
      {refused.value.length > 0 && (
        <ul role="alert" class="bad" id="refused">
          {refused.value.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function Undo() {
  const last = deletion.value;
  const t = texts.value.take;
  return (
    <p role="status" class="note undo">
      {last && (
        <>
          {t.deleted(last.name)}{' '}
          <button type="button" class="link" onClick={last.undo}>
            {t.undo}
          </button>
        </>
      )}
    </p>
  );
}

/** Clips and folders dropped anywhere on the page; the folder names the action, else the first action takes them. */
function useDrop(): void {
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      if (!event.dataTransfer) return;
      void clipsOfDrop(event.dataTransfer).then((found) => {
        const isAlone = found.some(({ folder }) => folder === null);
        return takeClips(found, isAlone ? (actions.value[0]?.id ?? null) : null);
      });
    };
    addEventListener('dragover', over);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('drop', drop);
    };
  }, []);
}
