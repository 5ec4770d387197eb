// The finished sample: its clips as small pictures; the one that is chosen is answered in the page, with the whole player.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { WebModel } from '../../../src/infer/webModel.js';
import { words } from '../../../src/page/sentences.js';
import { lookWith, type PageAnswer } from '../inPage/answered.js';
import { LocalClip } from '../inPage/localClip.js';
import { texts } from '../words/index.js';
import { findSample, sampleAddress, sampleClip, sampleFacts } from './sampleFiles.js';
import { SheetDialog } from './sheetDialog.js';

let opened: Promise<WebModel> | undefined;

function sampleModel(): Promise<WebModel> {
  opened ??= import('../inPage/pageModel.js').then(({ openPageModel }) => openPageModel(sampleAddress));
  return opened;
}

/** The card; nothing where there is no sample. */
export function Sample() {
  const answered = useSignal<PageAnswer | null>(null);
  const note = useSignal('');
  const fault = useSignal('');
  const t = texts.value.first;
  useEffect(() => void findSample(), []);
  const facts = sampleFacts.value;
  if (!facts) return null;
  const show = async (name: string): Promise<void> => {
    [fault.value, note.value] = ['', texts.value.backbone.opening];
    try {
      const clip = await sampleClip(name);
      const say = (text: string): void => void (note.value = text);
      answered.value = await lookWith(await sampleModel(), clip, new AbortController().signal, say);
    } catch (error) {
      opened = undefined; // the next click tries again
      fault.value = (error as Error).message;
    }
    note.value = '';
  };
  return (
    <section class="sheet way" aria-labelledby="first-sample" id="sample">
      <h3 id="first-sample">{t.sampleTitle}</h3>
      <p>{t.sampleText}</p>
      <div class="sample-clips">
        {facts.clips.map(({ file, label }) => (
          <SampleClip key={file} file={file} label={label} onOpen={() => void show(file)} />
        ))}
      </div>
      <p role="status" class="note">
        {note.value}
      </p>
      {fault.value !== '' && (
        <p role="alert" class="bad">
          {fault.value}
        </p>
      )}
      {answered.value && (
        <SheetDialog title={t.sampleTitle} onClose={() => (answered.value = null)}>
          <LocalClip key={answered.value.file.name} {...answered.value} />
        </SheetDialog>
      )}
    </section>
  );
}

function SampleClip({ file, label, onOpen }: { file: string; label: string; onOpen: () => void }) {
  const video = useRef<HTMLVideoElement>(null);
  const t = texts.value.first;
  useEffect(() => {
    void sampleAddress(file).then((address) => video.current && (video.current.src = address));
  }, [file]);
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  return (
    <button type="button" aria-label={t.sampleShow(words(label))} onClick={onOpen}>
      <video ref={video} muted loop playsInline autoPlay={!isStill} preload="auto" aria-hidden="true" />
      <span>{words(label)}</span>
    </button>
  );
}
