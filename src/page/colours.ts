// The colours of an answer, the same in the page, in the overlay video and in pictures. All can be told
// apart by colour-blind readers: masks and weights in cividis (Nunez, Anderton and Renslow 2018), classes and truth in
// colours of Okabe and Ito (2008), solid for what the model says and dashed for what is true. Its two blues are kept
// for the truth, and its yellow is the bright end of cividis.

/** Ten equally spaced colours of the cividis map. */
const CIVIDIS = [
  [0, 32, 81],
  [10, 51, 112],
  [60, 77, 110],
  [87, 92, 109],
  [112, 113, 115],
  [127, 124, 117],
  [148, 142, 119],
  [187, 175, 113],
  [226, 203, 92],
  [253, 234, 69],
] as const;

/** Ten equally spaced colours of the viridis map. */
const VIRIDIS = [
  [68, 1, 84],
  [72, 40, 120],
  [62, 73, 137],
  [49, 104, 142],
  [38, 130, 142],
  [31, 158, 137],
  [53, 183, 121],
  [110, 206, 88],
  [181, 222, 43],
  [253, 231, 37],
] as const;

const MAPS = { cividis: CIVIDIS, viridis: VIRIDIS } as const;

/** Colour maps of masks; both rise evenly in brightness, so that they read without colour too. */
export type ColourMap = keyof typeof MAPS;

/** Marks on the picture and on the time line. */
export const MARKS = {
  predicted: '#fdea45',
  truth: '#56b4e9',
  /** A box that knows no class. */
  free: '#e8edf4',
  /** Writing on any of the colours of classes. */
  ink: '#14190a',
  shadow: 'rgba(0, 12, 30, 0.75)',
} as const;

/** Colours of classes, the first class first; with more classes they begin anew, and names tell them apart. */
export const CLASS_COLOURS = [MARKS.predicted, '#cc79a7', '#009e73', '#d55e00', '#e69f00'] as const;

/** The colour of the class at this place of an answer. */
export function classColour(place: number): string {
  return CLASS_COLOURS[place % CLASS_COLOURS.length]!;
}

/** The same class for style sheets of both themes: a fill, and a line that shows on the ground of the page. */
export function classStyle(place: number): { fill: string; line: string } {
  const n = (place % CLASS_COLOURS.length) + 1;
  return { fill: `var(--class-${n})`, line: `var(--class-line-${n})` };
}

/** The colour of a value in 0..1 as red, green and blue in 0..255. */
export function cividis(value: number): [red: number, green: number, blue: number] {
  return colourOf(value, 'cividis');
}

function colourOf(value: number, name: ColourMap): [red: number, green: number, blue: number] {
  const map = MAPS[name];
  const at = Math.min(1, Math.max(0, value)) * (map.length - 1);
  const low = map[Math.floor(at)]!;
  const high = map[Math.min(map.length - 1, Math.floor(at) + 1)]!;
  const share = at - Math.floor(at);
  const part = (channel: 0 | 1 | 2): number =>
    Math.round(low[channel] + (high[channel] - low[channel]) * share);
  return [part(0), part(1), part(2)];
}

/** {@link cividis} for style sheets. */
export function cividisCss(value: number): string {
  return `rgb(${cividis(value).join(' ')})`;
}

/** How much of the picture a mask value covers, 0..1: low values let the picture through, high ones glow. */
export function coverOf(value: number): number {
  return Math.min(1, Math.max(0, value)) ** 1.15;
}

const tables = new Map<ColourMap, Uint8Array>();

/** The colours of 256 values from 0 to 1, `[256, 3]`; made once a map. */
export function colourTable(name: ColourMap): Uint8Array {
  let table = tables.get(name);
  if (!table) {
    table = Uint8Array.from({ length: 256 }, (_, i) => i).reduce((out, i) => {
      out.set(colourOf(i / 255, name), 3 * i);
      return out;
    }, new Uint8Array(768));
    tables.set(name, table);
  }
  return table;
}
