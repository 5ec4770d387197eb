// Looking at things again, in squares around what a first look drew of them: at all frames, or at a few to see whether anything
// is there.
import { boxesOf, looksOf } from '../localize/actors.js';
import { closeShares, isNothing } from '../localize/closeNames.js';
import type { ActorLook, Localization, MapGrid, Picture } from '../localize/index.js';
import {
  boxesInCrops,
  cropsAround,
  middleFrames,
  squaresOverlap,
  type Crop,
  type FrameLook,
  type FrameSpan,
} from '../localize/looks.js';
import type { LocalizeOptions, SecondLook } from '../localize/options.js';

/** What the network makes of squares. */
export interface CloseMaps {
  /** `[n,h,w]` */
  foreground: ArrayLike<number>;
  /** Of every class and of nothing, `[n,K+1,h,w]`, of models that have weights for it. */
  closeScores?: ArrayLike<number>;
}

/** Looks at squares, one a frame of `span`, in pixels of the picture that boxes are in. */
export type LookAt = (crops: readonly Crop[], span: FrameSpan) => Promise<CloseMaps>;

/** A glance is at one frame in so many. */
export const glanceParts = 4;

/** What squares are looked at with. */
export interface LookerOptions {
  grid: MapGrid;
  picture: Picture;
  rules: LocalizeOptions & { where: { second: SecondLook } };
  classes: number;
  lookAt: LookAt;
}

/** What was looked at: squares, one a frame of `span`, and what they show. */
interface Looked {
  crops: readonly Crop[];
  span: FrameSpan;
  maps: CloseMaps;
}

/** What is drawn in squares, of what a first look drew. */
type Drawn = Pick<Localization, 'map' | 'frames'> & Partial<Pick<Localization, 'sizes'>>;

/** An actor in the boxes of a second look, and the shares `[K+1]` that its squares show, where that is known. */
export interface Thing {
  actor: ActorLook;
  shares?: Float32Array;
}

/** The second looks at one clip. Squares that are nearly those of a look before are not looked at again. */
export class Looker {
  readonly #options: LookerOptions;
  readonly #looked: Looked[] = [];

  constructor(options: LookerOptions) {
    this.#options = options;
  }

  /** Boxes that know no class, where a first look drew these. */
  async boxes(drawn: Drawn): Promise<FrameLook[]> {
    const looked = await this.#look(this.#squaresOf(drawn));
    return this.#draw(looked, drawn.map, this.#options.rules.where.second);
  }

  /** An actor in squares of its own. */
  async thing(actor: ActorLook): Promise<Thing> {
    return this.#thingIn(await this.#look(this.#squaresOf({ frames: looksOf(actor) })), actor);
  }

  /** Whether the squares of an actor show nothing: of a few frames, where they were not looked at before. */
  async showsNothing(actor: ActorLook): Promise<boolean> {
    const { rules, grid } = this.#options;
    const crops = this.#squaresOf({ frames: looksOf(actor) });
    const known = this.#known(crops);
    const looked = known ?? (await this.#see(crops, middleFrames(grid.frames, glanceParts)));
    const { shares } = this.#thingIn(looked, actor);
    return shares !== undefined && isNothing(shares, rules.who);
  }

  /** Mean IoU of the squares of two actors. */
  overlap(a: ActorLook, b: ActorLook): number {
    const [one, other] = [a, b].map((actor) => this.#squaresOf({ frames: looksOf(actor) }));
    return squaresOverlap(one!, other!);
  }

  #squaresOf({ frames, sizes }: Omit<Drawn, 'map'>): Crop[] {
    const { picture, rules } = this.#options;
    return cropsAround(frames, picture, rules.where.second, sizes);
  }

  #known(crops: readonly Crop[]): Looked | undefined {
    const { shared } = this.#options.rules.where.second;
    return this.#looked.find((one) => squaresOverlap(one.crops, crops) >= shared);
  }

  async #look(crops: readonly Crop[]): Promise<Looked> {
    const known = this.#known(crops);
    if (known) return known;
    const looked = await this.#see(crops, [0, crops.length]);
    this.#looked.push(looked);
    return looked;
  }

  async #see(all: readonly Crop[], span: FrameSpan): Promise<Looked> {
    const crops = all.slice(...span);
    return { crops, span, maps: await this.#options.lookAt(crops, span) };
  }

  #thingIn(looked: Looked, actor: ActorLook): Thing {
    const { grid, classes, rules } = this.#options;
    const { crops, maps } = looked;
    const frames = this.#draw(looked, actor.map, rules.where.second.apart ?? rules.where.second);
    const seenAgain = { ...actor, ...boxesOf(frames) };
    const scores = maps.closeScores;
    const own = { ...grid, frames: crops.length };
    const shares = scores && closeShares({ scores, classes, grid: own }, seenAgain.boxes, crops);
    return { actor: seenAgain, shares };
  }

  #draw(
    { crops, maps, span: [from, to] }: Looked,
    map: Float32Array,
    cut: NonNullable<SecondLook['apart']>,
  ): FrameLook[] {
    const { grid, picture, rules } = this.#options;
    const cells = grid.height * grid.width;
    const first = map.subarray(from * cells, to * cells);
    const own = { map: maps.foreground, first, grid: { ...grid, frames: crops.length } };
    const { smoothTime } = rules.where.second;
    return boxesInCrops(own, crops, picture, { ...rules.where, smoothTime, ...cut });
  }
}
