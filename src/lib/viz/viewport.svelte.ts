// Which stretch of the picture is in view. The stage scrolls by itself, a body of the size of the run
// inside it; the picture is a window that stays in place and draws what is in view, so that a run may
// be very long. While nobody scrolls by hand it follows the cursor.

import type { Timeline } from './timeline.svelte.ts';
import { TAIL } from './timeline.svelte.ts';

/** The cursor stays at this share of the stage's height. */
const FOLLOW_SHARE = 0.62;
/** Browsers lose precision, or give up, with taller documents. */
const SCROLL_LIMIT = 4_000_000;
/** What is nearer to an edge of the view than this is brought into view. */
const EDGE = 24;

export class Viewport {
  readonly #timeline: Timeline;
  /** The element that scrolls, with its measures. */
  stage = $state<HTMLElement>();
  stageWidth = $state(584);
  stageHeight = $state(640);
  headHeight = $state(68);
  leftX = $state(0);
  isFollowing = $state(true);
  #scrolledY = $state(0);
  /** Where this object last put the scroll bar: anything else is the reader's doing. */
  #followedTop = 0;
  /** How high the stage was then: one that grows, shrinks or hides scrolls by itself. */
  #followedHeight = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  /** Of the picture in view. */
  readonly height = $derived.by(() => Math.max(0, this.stageHeight - this.headHeight));

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
    this.stage.scrollTop = this.#followY / this.#stride;
    this.#followedTop = this.stage.scrollTop;
    this.#followedHeight = this.stage.clientHeight;
  }

  /** The stage has been scrolled, by whomever. */
  scrolled(): void {
    const { stage } = this;
    if (!stage) return;
    this.leftX = stage.scrollLeft;
    this.#scrolledY = stage.scrollTop;
    if (!this.isFollowing || Math.abs(stage.scrollTop - this.#followedTop) <= 2) return;
    if (stage.clientHeight === this.#followedHeight) this.isFollowing = false;
    else this.follow();
  }

  /** Brings a height of the picture to the top of the view. */
  scrollTo(y: number): void {
    if (!this.stage) return;
    this.isFollowing = false;
    this.stage.scrollTop = y / this.#stride;
  }

  /** Brings a height of the picture into view. */
  reveal(y: number): void {
    if (y > this.topY + EDGE && y < this.topY + this.height - EDGE) return;
    this.scrollTo(Math.max(0, y - this.height / 2));
  }
}
