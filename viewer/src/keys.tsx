// The keys of the page, as a list, and in a window that `?` opens.
import { useEffect, useRef } from 'preact/hooks';
import { listenKeys } from '../../src/page/keys.js';
import { texts } from './words/index.js';

/** All keys with what they do. */
export function KeyList() {
  const { keys, labelKeys } = texts.value.clips;
  return (
    <dl>
      {[...keys, ...labelKeys].map(([names, text]) => (
        <>
          <dt>
            {names.split(' ').map((name) => (
              <kbd key={name}>{name}</kbd>
            ))}
          </dt>
          <dd>{text}</dd>
        </>
      ))}
    </dl>
  );
}

/** The window; escape closes it, and `?` too. */
export function KeysDialog() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(
    () =>
      listenKeys({
        '?': () => (dialog.current?.open ? dialog.current.close() : dialog.current?.showModal()),
      }),
    [],
  );
  return (
    <dialog class="sheet keys" id="keys" aria-labelledby="keys-title" ref={dialog}>
      <header class="player-head">
        <h2 id="keys-title">{texts.value.clips.keysTitle}</h2>
        <span class="grow" />
        <button type="button" onClick={() => dialog.current?.close()}>
          {texts.value.frame.close}
        </button>
      </header>
      <KeyList />
    </dialog>
  );
}
