// How its reader wants the picture drawn. Which way time goes and whether background traffic shows is
// kept on this device; the scale of time, its zoom and the places of the columns belong to what is looked at and last as long as the page.

import type { Arrangement } from '#lib/viz/layout/arrange.ts';
import type { Scale } from '#lib/viz/layout/axis.ts';
import { ORIENTATIONS, type Orientation } from '#lib/viz/layout/orientation.ts';

const KEY = 'lightcone:picture';

interface Kept {
  orientation: Orientation;
  showsBackground: boolean;
}

export class PictureChoices {
  scale = $state<Scale>('elastic');
  /** Of the axis of time; 1 is the size at which everything can be read. */
  zoom = $state(1);
  arranged = $state.raw<Arrangement>({ order: [], hidden: [] });
  #kept = $state.raw<Kept>({ orientation: 'down', showsBackground: false });

  /** Brings back what was chosen last. In the browser, after hydration. */
  restore(): void {
    this.#kept = { ...this.#kept, ...readKept() };
  }

  get orientation(): Orientation {
    return this.#kept.orientation;
  }

  set orientation(orientation: Orientation) {
    this.#keep({ orientation });
  }

  get showsBackground(): boolean {
    return this.#kept.showsBackground;
  }

  set showsBackground(showsBackground: boolean) {
    this.#keep({ showsBackground });
  }

  /** The other way round. */
  turn(): void {
    this.orientation = this.orientation === 'down' ? 'across' : 'down';
  }

  #keep(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#kept));
    } catch {
      // It lasts as long as the page.
    }
  }
}

/** Only what this version knows: the text may be anybody's. */
function readKept(): Partial<Kept> {
  try {
    const value = JSON.parse(localStorage.getItem(KEY) ?? 'null') as Partial<Kept> | null;
    const orientation = ORIENTATIONS.find((one) => one === value?.orientation);
    const showsBackground = value?.showsBackground === true;
    return { ...(orientation && { orientation }), showsBackground };
  } catch {
    return {};
  }
}
