// An even part of a stream whose length nobody knows yet, in its order, in bounded memory: every one at first, every second once
// there are too many, every fourth then. Nothing is drawn: the same stream leaves the same part.

/** Keeps `most` to `2 most` of the items that are added; all of them while there are fewer. */
export class EvenSample<Item> {
  readonly #most: number;
  #items: Item[] = [];
  #step = 1;
  #seen = 0;

  /** `most` is at least 1. */
  constructor(most: number) {
    this.#most = most;
  }

  /** Adds what `make` gives where the next item is one of those that are kept. */
  add(make: () => Item): void {
    if (this.#seen++ % this.#step !== 0) return;
    this.#items.push(make());
    if (this.#items.length < 2 * this.#most) return;
    this.#items = this.#items.filter((_, i) => i % 2 === 0);
    this.#step *= 2;
  }

  get items(): readonly Item[] {
    return this.#items;
  }
}
