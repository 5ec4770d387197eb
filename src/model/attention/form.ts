// What a form of attention is: its settings, its equations, and all that goes with it on either kind of backbone. A new form
// is one file that ends in such an object, and a line in forms.ts; recipes and the command line take what they say from here.
import type { z } from 'zod';
import type { LocalizeChoices } from '../../localize/index.js';
import type { LossSettings } from '../losses.js';
import type { AttentionHead } from './attention.js';

/** What goes with a form on one kind of backbone. */
export interface FormChoices<Sizes> {
  /** The sizes that fit the backbone; what the form's settings leave open otherwise is the paper's. */
  sizes: Sizes;
  /** Loss weights, where they differ from the form's own. */
  losses?: Partial<LossSettings>;
  /** How where and when are read from the form. */
  localize: LocalizeChoices;
  /** Parts of a training recipe, which checks them. */
  training?: Readonly<Record<string, unknown>>;
}

/** One form of attention. */
export interface AttentionForm<Settings extends z.ZodType> {
  /** Its part of the model's config; `form` is its name. Sizes that are left out are the paper's. */
  settings: Settings;
  head: AttentionHead<z.infer<Settings>>;
  /**
   * Loss weights that differ from the usual ones (docs/architecture.md#losses) on any backbone: contrast has no meaning for a distribution over cells,
   * and forms without the paper's attention have nothing to regularise.
   */
  losses?: Partial<LossSettings>;
  /** With the small backbone, which is trained with the head; the paper's sizes, for 2048 channels, are fifty times larger. */
  small: FormChoices<z.input<Settings>>;
  /** On features of a frozen ImageNet network. */
  features: FormChoices<z.input<Settings>>;
}
