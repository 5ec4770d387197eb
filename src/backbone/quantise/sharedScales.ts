// Values that are joined or handed on as they are must have one scale: sets that grow together.

/** Sets of values of one scale. */
export class SharedScales {
  readonly #parent = new Map<string, string>();

  /** The name that stands for all values that share the scale of `name`. */
  of(name: string): string {
    let at = name;
    for (let up = this.#parent.get(at); up !== undefined; up = this.#parent.get(at)) at = up;
    return at;
  }

  /** From now on these two share a scale, and so do those that shared one with either. */
  join(a: string, b: string): void {
    const [one, other] = [this.of(a), this.of(b)];
    if (one !== other) this.#parent.set(one, other);
  }
}
