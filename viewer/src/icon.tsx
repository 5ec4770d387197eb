// The few signs on buttons.
const PATHS = {
  back: <path d="M15.5 5.5 8 12l7.5 6.5zM5.5 5.5v13" class="fill" />,
  forward: <path d="M8.5 5.5 16 12l-7.5 6.5zM18.5 5.5v13" class="fill" />,
  play: <path d="M7.5 4.5v15L20 12z" class="fill" />,
  pause: <path d="M6.5 5h4v14h-4zM13.5 5h4v14h-4z" class="fill" />,
  theme: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 3.5a8.5 8.5 0 0 1 0 17z" class="fill" />
    </>
  ),
  flask: (
    <path d="M9.5 4h5M10.5 4v6L5.5 18.2A1.3 1.3 0 0 0 6.6 20h10.8a1.3 1.3 0 0 0 1.1-1.8L13.5 10V4M8 15h8" />
  ),
  close: <path d="M6 6l12 12M18 6 6 18" />,
  undo: <path d="M8.5 5 4.5 9l4 4M5 9h8.5a5.5 5.5 0 0 1 0 11H8" />,
  redo: <path d="M15.5 5l4 4-4 4M19 9h-8.5a5.5 5.5 0 0 0 0 11H16" />,
} as const;

/** A sign; the button around it has the words. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true">
      {PATHS[name]}
    </svg>
  );
}
