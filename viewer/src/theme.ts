// Dark or light: as the system says until the reader chooses; the choice is kept where the browser lets it.
import { signal } from '@preact/signals';

type Theme = 'dark' | 'light';
const KEY = 'wherewhen:theme';

/** The theme that is shown. */
export const theme = signal<Theme>(kept() ?? system());

theme.subscribe((value) => (document.documentElement.dataset['theme'] = value));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  if (!kept()) theme.value = system();
});

/** Switches to the other one. */
export function switchTheme(): void {
  theme.value = theme.value === 'dark' ? 'light' : 'dark';
  try {
    localStorage.setItem(KEY, theme.value);
  } catch {
    // a full storage: the choice lasts as long as the page
  }
}

function kept(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'dark' || value === 'light' ? value : null;
  } catch {
    return null;
  }
}

function system(): Theme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}
