// Which stretch of the picture is in view. The stage scrolls by itself, a body of the size of the run
// inside it; the picture is a window that stays in place and draws what is in view, so that a run may
// be very long. While nobody scrolls by hand it follows the cursor. Widths, heights and places are of
// the layout (layout/orientation.ts); only what begins with `stage` is as it is on the screen.

import { tick } from 'svelte';
import { turned, type Orientation, type Point } from './layout/orientation.ts';
import { TAIL, type Timeline } from './timeline.svelte.ts';

/** The cursor stays at this share of the way through the view. */
const FOLLOW_SHARE = 0.62;
/** Browsers lose precision, or give up, with taller documents. */
const SCROLL_LIMIT = 4_000_000;
/** What is nearer to an edge of the view than this is brought into view. */
const EDGE = 24;

export class Viewport {
  readonly #timeline: Timeline;
  readonly #read: () => Orientation;
  /** The element that scrolls, with its measures and those of the heads. */
  stage = $state<HTMLElement>();
  stageWidth = $state(584);
  stageHeight = $state(640);
  stageHeadWidth = $state(584);
  stageHeadHeight = $state(68);
  leftX = $state(0);
  isFollowing = $state(true);
  #scrolledY = $state(0);
  /** Where this object last put the scroll bar: anything else is the reader's doing. */
  #followedY = 0;
  /** How far the stage reached then: one that grows, shrinks or hides scrolls by itself. */
  #followedHeight = 0;

  constructor(timeline: Timeline, orientation: () => Orientation) {
    this.#timeline = timeline;
    this.#read = orientation;
  }

  get orientation(): Orientation {
    return this.#read();
  }

  readonly #size = $derived.by(() =>
    turned(this.orientation, { x: this.stageWidth, y: this.stageHeight }),
  );

  readonly headHeight = $derived.by(
    () => turned(this.orientation, { x: this.stageHeadWidth, y: this.stageHeadHeight }).y,
  );

  /** Of the picture in view. */
  readonly width = $derived.by(() => this.#size.x);
  readonly height = $derived.by(() => Math.max(0, this.#size.y - this.headHeight));

  /** All that can be scrolled to, in the picture's own pixels. */
  readonly fullHeight = $derived.by(() => {
    const room = (1 - FOLLOW_SHARE) * this.height;
    return Math.max(this.height, this.#timeline.endY + room - TAIL);
  });

  readonly bodyHeight = $derived.by(() => Math.min(this.fullHeight, SCROLL_LIMIT));

  /** Picture pixels per pixel scrolled: 1 but for very long runs. */
  readonly #stride = $derived.by(() => {
    const { height, fullHeight, bodyHeight } = this;
    return bodyHeight > height ? (fullHeight - height) / (bodyHeight - height) : 1;
  });

  readonly #followY = $derived.by(() => {
    const wanted = this.#timeline.cursorY - FOLLOW_SHARE * this.height;
    return Math.min(Math.max(0, wanted), Math.max(0, this.fullHeight - this.height));
  });

  /** The height of the picture that is at the top of the view. */
  readonly topY = $derived.by(() =>
    this.isFollowing ? this.#followY : this.#scrolledY * this.#stride,
  );

  /** Keeps the cursor in view; to be called as an effect. */
  follow(): void {
    void this.bodyHeight;
    if (!this.stage || !this.isFollowing) return;
    this.#scroll(this.#followY / this.#stride);
    this.#followedY = this.#scrolled.y;
    this.#followedHeight = this.#clientHeight;
  }

  /** Time goes another way from now on: the view begins anew at the cursor. */
  turn(): void {
    this.isFollowing = true;
    this.leftX = 0;
    if (this.orientation === 'down') this.stage?.scrollTo({ left: 0 });
    else this.stage?.scrollTo({ top: 0 });
  }

  /** The stage has been scrolled, by whomever. */
  scrolled(): void {
    if (!this.stage) return;
    const { x, y } = this.#scrolled;
    this.leftX = x;
    this.#scrolledY = y;
    if (!this.isFollowing || Math.abs(y - this.#followedY) <= 2) return;
    if (this.#clientHeight === this.#followedHeight) this.isFollowing = false;
    else this.follow();
  }

  /** Brings a height of the picture to the top of the view. */
  async scrollTo(y: number): Promise<void> {
    if (!this.stage) return;
    this.isFollowing = false;
    // What is drawn now is what the scroll bar, which knows whole pixels, will tell then.
    const mostY = this.bodyHeight - this.height;
    this.#scrolledY = Math.round(Math.min(Math.max(0, y / this.#stride), mostY));
    // The stage has its new height only then.
    await tick();
    this.#scroll(this.#scrolledY);
  }

  /** Brings a place of the picture into view. */
  reveal({ y }: Point): void {
    if (y > this.topY + EDGE && y < this.topY + this.height - EDGE) return;
    void this.scrollTo(y - this.height / 2);
  }

  // The stage itself, turned.

  get #scrolled(): Point {
    const { scrollLeft = 0, scrollTop = 0 } = this.stage ?? {};
    return turned(this.orientation, { x: scrollLeft, y: scrollTop });
  }

  get #clientHeight(): number {
    const { clientWidth = 0, clientHeight = 0 } = this.stage ?? {};
    return turned(this.orientation, { x: clientWidth, y: clientHeight }).y;
  }

  #scroll(y: number): void {
    if (!this.stage) return;
    if (this.orientation === 'down') this.stage.scrollTop = y;
    else this.stage.scrollLeft = y;
  }
}
