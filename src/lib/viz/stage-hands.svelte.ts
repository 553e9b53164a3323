// Pointer and keyboard on the picture: what they are at, and what they do there. Hovering and walking
// light an event, Enter or a click keeps it; the other button of the mouse, F or a click on a bare
// life line opens the menu of what can be done.

import { NO_EVENT } from '#lib/trace/store.ts';
import { eventAtPoint, neighbour, nodeAtX, type Direction } from './layout/hits.ts';
import { turned, type Orientation, type Point } from './layout/orientation.ts';
import { pointIn, zoomOf } from './local-point.ts';
import type { StageScene } from './stage-scene.svelte.ts';
import { TAIL, type Shown, type Timeline } from './timeline.svelte.ts';
import type { MenuPlace, StrikeFault, StrikeMessage } from './types.ts';
import type { Viewport } from './viewport.svelte.ts';
import { scaled, stepped, type ZoomStep } from './zoom.ts';

/** What the page keeps, and what it is told of. */
export interface Handled {
  /** The event that is kept: its cone stays. */
  selectedId?: number | null;
  onselect?: (id: number | null) => void;
  /** The event under the pointer, for whoever else shows it. */
  onhover?: ((id: number | null) => void) | undefined;
  /** Absent: nothing can be broken. */
  onfault?: StrikeFault | undefined;
  /** Absent: nothing can be done to a message. */
  onmessagefault?: StrikeMessage | undefined;
  onzoom: (zoom: number) => void;
}

const ZOOM_STEPS: Record<string, ZoomStep> = { '+': 'in', '=': 'in', '-': 'out', '0': 'full' };
/** Of the zoom, for each unit that a wheel turns. */
const WHEEL_SPEED = 0.003;

/** Where the arrow keys lead in the layout: along what is seen on the screen. */
const DIRECTIONS: Record<Orientation, Record<string, Direction>> = {
  down: { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' },
  across: { ArrowUp: 'left', ArrowDown: 'right', ArrowLeft: 'up', ArrowRight: 'down' },
};

export class StageHands {
  readonly #read: () => Shown & Handled;
  readonly #timeline: Timeline;
  readonly #viewport: Viewport;
  readonly #stage: () => StageScene;
  hoverId = $state<number | null>(null);
  focusId = $state<number | null>(null);
  hasFocus = $state(false);
  /** What the open menu is about: a node at a moment, and the message it was opened at. */
  menu = $state.raw<MenuPlace | null>(null);

  constructor(
    read: () => Shown & Handled,
    timeline: Timeline,
    viewport: Viewport,
    stage: () => StageScene,
  ) {
    this.#read = read;
    this.#timeline = timeline;
    this.#viewport = viewport;
    this.#stage = stage;
  }

  get #props(): Shown & Handled {
    return this.#read();
  }

  get #selectedId(): number | null {
    return this.#props.selectedId ?? null;
  }

  hover(id: number | null): void {
    if (id === this.hoverId) return;
    this.hoverId = id;
    this.#props.onhover?.(id);
  }

  /** The pointer has moved over the picture. */
  point(domEvent: PointerEvent): void {
    if (domEvent.pointerType === 'touch') return;
    const id = this.#eventAt(domEvent);
    this.hover(id === NO_EVENT ? null : id);
  }

  click(domEvent: MouseEvent): void {
    const { onselect, onfault } = this.#props;
    const id = this.#eventAt(domEvent);
    if (id !== NO_EVENT) {
      this.focusId = id;
      onselect?.(id === this.#selectedId ? null : id);
      return;
    }
    const { y } = this.#pointOf(domEvent);
    const { axis, ghostY, shownUs } = this.#timeline;
    const node = this.#nodeAt(domEvent);
    if (node && onfault && y <= ghostY + TAIL) {
      const atUs = Math.min(axis.roundTimeAt(y), shownUs);
      this.menu = { node, atUs, x: domEvent.clientX, y: domEvent.clientY, messageId: null };
    } else if (this.#selectedId !== null) onselect?.(null);
  }

  /** The other button of the mouse: what can be done here, to the message if there is one. */
  openMenuHere(domEvent: MouseEvent): void {
    const id = this.#eventAt(domEvent);
    if (!this.#props.onfault || (id === NO_EVENT && !this.#nodeAt(domEvent))) return;
    domEvent.preventDefault();
    if (id === NO_EVENT) return this.click(domEvent);
    const { trace } = this.#timeline;
    const { node } = trace.processAt(id);
    const messageId = this.#messageAt(id);
    const atUs = messageId === null ? this.#props.cursorUs : trace.timeAt(messageId);
    this.menu = { node, atUs, x: domEvent.clientX, y: domEvent.clientY, messageId };
  }

  press(domEvent: KeyboardEvent): void {
    if (domEvent.ctrlKey || domEvent.metaKey || domEvent.altKey) return;
    const { onselect, onfault, cursorUs } = this.#props;
    const direction = DIRECTIONS[this.#viewport.orientation][domEvent.key];
    const { focusId } = this;
    const selectedId = this.#selectedId;
    const from = focusId ?? selectedId ?? this.#timeline.trace.lastAtOrBefore(cursorUs);
    if (direction) this.#walk(from, direction);
    else if (domEvent.key === 'Enter' && focusId !== null) {
      onselect?.(focusId === selectedId ? null : focusId);
    } else if (domEvent.key === 'Escape' && (focusId !== null || selectedId !== null)) {
      this.focusId = null;
      onselect?.(null);
    } else if (domEvent.key.toLowerCase() === 'f' && onfault) this.#openMenuAt(from);
    else if (ZOOM_STEPS[domEvent.key]) this.zoom(ZOOM_STEPS[domEvent.key]!);
    else return;
    domEvent.preventDefault();
    domEvent.stopPropagation();
  }

  /** Around the cursor while the picture follows it, else around the middle of the view. */
  zoom(step: ZoomStep): void {
    const { height, isFollowing } = this.#viewport;
    const zoom = stepped(this.#timeline.axis, height, step);
    if (isFollowing) this.#props.onzoom(zoom);
    else this.#zoomAround(zoom, height / 2);
  }

  /** With Ctrl held, as a pinch on a trackpad comes too: around what the pointer is at. */
  turn(domEvent: WheelEvent): void {
    if (!domEvent.ctrlKey && !domEvent.metaKey) return;
    domEvent.preventDefault();
    const { axis } = this.#timeline;
    const zoom = scaled(axis, this.#viewport.height, Math.exp(-domEvent.deltaY * WHEEL_SPEED));
    this.#zoomAround(zoom, this.#pointOf(domEvent).y - this.#viewport.topY);
  }

  /** The instant at so many pixels below the top of the view stays there. */
  #zoomAround(zoom: number, offset: number): void {
    const { axis } = this.#timeline;
    if (zoom === axis.zoom) return;
    const tUs = axis.tAt(this.#viewport.topY + offset);
    this.#props.onzoom(zoom);
    void this.#viewport.scrollTo(this.#timeline.axis.yAt(tUs) - offset);
  }

  /** The menu of a node at the cursor, below the button that asks for it. */
  openMenuBelow(node: string, button: HTMLElement): void {
    const { left, bottom } = button.getBoundingClientRect();
    const atUs = this.#props.cursorUs;
    this.menu = { node, atUs, x: left - 12, y: bottom + 20, messageId: null };
  }

  /** An event that is chosen elsewhere comes into view. */
  reveal(id: number): void {
    if (id < this.#timeline.trace.eventCount && this.#viewport.height > 0) {
      this.#viewport.reveal(this.#stage().place(id));
    }
  }

  /** Where the pointer is in the layout. */
  #pointOf(domEvent: MouseEvent): Point {
    const { orientation, leftX, topY } = this.#viewport;
    const seen = pointIn(domEvent.currentTarget as Element, domEvent);
    const { x, y } = turned(orientation, seen);
    return { x: x + leftX, y: y + topY };
  }

  #eventAt(domEvent: MouseEvent): number {
    const { x, y } = this.#pointOf(domEvent);
    return eventAtPoint(this.#stage().scene, x, y, this.#timeline.ghostY);
  }

  #nodeAt(domEvent: MouseEvent): string | null {
    return nodeAtX(this.#stage().columns, this.#pointOf(domEvent).x);
  }

  /** The sending of the message that an event is about, if faults can pick it. */
  #messageAt(id: number): number | null {
    if (!this.#props.onmessagefault || id === NO_EVENT) return null;
    const { trace } = this.#timeline;
    const origin = trace.messageOf(id);
    return origin !== NO_EVENT && trace.kindAt(origin) === 'send' ? origin : null;
  }

  #walk(from: number, direction: Direction): void {
    if (from === NO_EVENT) return;
    const { trace } = this.#timeline;
    const { nodes } = this.#props;
    const isShown = (id: number): boolean => this.#timeline.isShown(id);
    const { showsBackground } = this.#timeline;
    const last = trace.eventCount - 1;
    const next =
      this.focusId === null
        ? neighbour(trace, nodes, Math.min(from + 1, last), 'up', isShown, showsBackground)
        : neighbour(trace, nodes, from, direction, isShown, showsBackground);
    this.focusId = next === NO_EVENT ? from : next;
    this.hover(null);
    this.#viewport.reveal(this.#stage().place(this.focusId));
  }

  /** At the cursor, as a key opens it: for the node of an event, and for its message. */
  #openMenuAt(id: number): void {
    const { nodes, cursorUs } = this.#props;
    const { stage, orientation, leftX, topY, headHeight } = this.#viewport;
    const node = id === NO_EVENT ? nodes[0] : this.#timeline.trace.processAt(id).node || nodes[0];
    if (!stage || !node) return;
    const box = stage.getBoundingClientRect();
    const lineX = this.#stage().columns.xs[nodes.indexOf(node)] ?? 0;
    const cursorY = headHeight + Math.max(0, this.#timeline.cursorY - topY);
    const seen = turned(orientation, { x: lineX - leftX, y: cursorY });
    const zoom = zoomOf(stage);
    const x = Math.min(box.right - 40, box.left + seen.x * zoom);
    const y = Math.min(box.bottom - 40, box.top + seen.y * zoom);
    const isChosen = this.focusId !== null || this.#selectedId !== null;
    const messageId = isChosen ? this.#messageAt(id) : null;
    this.menu = { node, atUs: cursorUs, x, y, messageId };
  }
}
