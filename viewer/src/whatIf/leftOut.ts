// Which places of a clip's features are taken away: painted cells, on all frames or on one, and muted frames.

/** Cells and frames that are taken away; a value of its own for every change. */
export class LeftOut {
  private constructor(
    readonly frames: number,
    readonly height: number,
    readonly width: number,
    /** `[n,h,w]`: 1 where a place is kept. */
    readonly keep: Uint8Array,
  ) {}

  /** Nothing is taken away. */
  static none(frames: number, height: number, width: number): LeftOut {
    return new LeftOut(frames, height, width, new Uint8Array(frames * height * width).fill(1));
  }

  get isEmpty(): boolean {
    return !this.keep.includes(0);
  }

  /** Share of all places that is taken away. */
  get share(): number {
    return this.keep.reduce((count, kept) => count + 1 - kept, 0) / this.keep.length;
  }

  isOut(frame: number, row: number, column: number): boolean {
    return this.keep[this.#at(frame, row, column)] === 0;
  }

  /** Is every place of a frame taken away? */
  isMuted(frame: number): boolean {
    const cells = this.height * this.width;
    return !this.keep.subarray(frame * cells, (frame + 1) * cells).includes(1);
  }

  /** Takes a cell away or gives it back, on one frame or (null) on all. */
  withCell(frame: number | null, row: number, column: number, isOut: boolean): LeftOut {
    const keep = this.keep.slice();
    const frames = frame === null ? Array.from({ length: this.frames }, (_, i) => i) : [frame];
    for (const i of frames) keep[this.#at(i, row, column)] = isOut ? 0 : 1;
    return new LeftOut(this.frames, this.height, this.width, keep);
  }

  /** Takes a whole frame away or gives it back. */
  withFrame(frame: number, isOut: boolean): LeftOut {
    const cells = this.height * this.width;
    const keep = this.keep.slice().fill(isOut ? 0 : 1, frame * cells, (frame + 1) * cells);
    return new LeftOut(this.frames, this.height, this.width, keep);
  }

  #at(frame: number, row: number, column: number): number {
    return (frame * this.height + row) * this.width + column;
  }
}
