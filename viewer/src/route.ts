// Where in the page the reader is, kept in the address after `#`, so that it can be linked and works without a server.
import { signal } from '@preact/signals';

/** The views of the page. */
export type View = 'teach' | 'clips' | 'here' | 'training' | 'findings' | 'queue';

const views: readonly string[] = ['teach', 'clips', 'here', 'training', 'findings', 'queue'] satisfies View[];

/** A place: a view, the clip that is open, and the models that answer. */
export interface Route {
  /** null: the address names none, and the page opens on what there is to see. */
  view: View | null;
  clip: string | null;
  model: string | null;
  /** The second model beside the first. */
  beside: string | null;
}

/** Where the reader is now. */
export const route = signal<Route>(read());

/** Goes to a place; what is left out stays as it is. */
export function go(change: Partial<Route>): void {
  location.hash = addressOf({ ...route.peek(), ...change });
}

/** The address of a place, for links. */
export function addressOf({ view, clip, model, beside }: Route): string {
  const query = new URLSearchParams();
  if (model) query.set('model', model);
  if (beside) query.set('beside', beside);
  const rest = query.size > 0 ? `?${query.toString()}` : '';
  return `#/${view ?? ''}${clip ? `/${clip}` : ''}${rest}`;
}

function read(): Route {
  const [path = '', query = ''] = location.hash.replace(/^#\//, '').split('?');
  const [view = '', clip = ''] = path.split('/');
  const values = new URLSearchParams(query);
  return {
    view: views.includes(view) ? (view as View) : null,
    clip: clip || null,
    model: values.get('model'),
    beside: values.get('beside'),
  };
}

addEventListener('hashchange', () => (route.value = read()));
