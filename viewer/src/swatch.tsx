// The colour of a class beside its name.
import { classStyle } from '../../src/page/colours.js';

/** A small square in the colour of the class at this place. */
export function Swatch({ place }: { place: number }) {
  const { fill, line } = classStyle(place);
  return <i class="swatch" style={{ background: fill, borderColor: line }} />;
}
