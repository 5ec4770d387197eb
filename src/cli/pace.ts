// How fast long work goes, and how long the rest of it will take: both from the second half of the time since it began, so that
// neither a slow start nor clips that lay in a cache at the beginning are counted for ever. Times are those at which units were done:
// work that ends in bursts is measured from burst to burst. What comes between units (the validation after an epoch) is counted apart.

/** Where the work stood at one time. */
interface PaceMark {
  at: number;
  done: number;
  reused: number;
}

/** Marks that are kept; when there are more, every second one goes. */
const most = 512;

/** Marks beyond which the first unit, which waits for all that is opened and compiled, is left out. */
const few = 5;

/** The pace of one piece of work. */
export class Pace {
  readonly #marks: PaceMark[] = [];
  /** Milliseconds between units so far, and those of them that come again as units go on. */
  #between = 0;
  #recurring = 0;

  /** Begins at `at` milliseconds, with `done` units behind it that were not made now. */
  constructor(at: number, done = 0) {
    this.#marks.push({ at, done, reused: done });
  }

  /** Now `done` units are behind, `reused` of which cost nothing: they lay in a cache, or an earlier sitting made them. */
  add(at: number, done: number, reused: number): void {
    const marks = this.#marks;
    if (done === marks.at(-1)!.done) return; // nothing was done: the last mark tells when the last unit was
    marks.push({ at: at - this.#between, done, reused });
    if (marks.length > most) marks.splice(0, marks.length, ...marks.filter((_, i) => i % 2 === 0));
  }

  /** What passed since the last unit was no unit; `recurs` where the like of it follows others too. */
  rest(at: number, recurs: boolean): void {
    const milliseconds = at - this.#between - this.#marks.at(-1)!.at;
    this.#between += milliseconds;
    if (recurs) this.#recurring += milliseconds;
  }

  /** Units a second that were made, those that cost nothing left out; 0 where none was. */
  get rate(): number {
    const [from, to] = this.#stretch;
    const seconds = (to.at - from.at) / 1000;
    return seconds > 0 ? Math.max(0, to.done - to.reused - (from.done - from.reused)) / seconds : 0;
  }

  /** Seconds until `total` units are behind, if as many of them cost nothing as of late; Infinity before the first unit. */
  secondsLeft(total: number): number {
    const [from, to] = this.#stretch;
    if (to.done >= total) return 0;
    if (to.done === from.done) return Infinity;
    const own = (to.at - from.at) / (to.done - from.done);
    const between = this.#recurring / (to.done - this.#marks[0]!.done);
    return ((total - to.done) * (own + between)) / 1000;
  }

  /** From the last mark in the first half of the time to the last mark. */
  get #stretch(): readonly [PaceMark, PaceMark] {
    const marks = this.#marks;
    const start = marks.length > few ? 1 : 0;
    const [first, last] = [marks[start]!, marks.at(-1)!];
    const middle = (first.at + last.at) / 2;
    let low = start;
    for (let high = marks.length - 1; high - low > 1;) {
      const between = (low + high) >> 1;
      if (marks[between]!.at <= middle) low = between;
      else high = between;
    }
    return [marks[low]!, last];
  }
}
