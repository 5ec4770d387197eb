// A dialog over the page: the browser keeps the focus in it and gives it back, and Escape closes it.
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { Icon } from '../icon.js';
import { texts } from '../words/index.js';

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** The dialog, open as long as it is there. */
export function SheetDialog({ title, onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current!.showModal();
  }, []);
  return (
    <dialog ref={dialog} class="sheet" aria-labelledby={id} onClose={onClose}>
      <header class="dialog-head">
        <h2 id={id}>{title}</h2>
        <span class="grow" />
        <button
          type="button"
          class="quiet"
          aria-label={texts.value.frame.close}
          onClick={() => dialog.current!.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
