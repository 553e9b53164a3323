// Whether another stretch of the picture comes into view again and again, as while somebody drags the
// slider or zooms: a canvas keeps up with that, a document of some hundred elements does not.

/** Two changes so near to each other are one movement. */
const NEAR_MS = 300;

export class Haste {
  isOn = $state(false);
  #lastMs = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Another stretch is in view. */
  changed(): void {
    const nowMs = performance.now();
    if (nowMs - this.#lastMs < NEAR_MS) this.isOn = true;
    this.#lastMs = nowMs;
    this.end();
    this.#timer = setTimeout(() => (this.isOn = false), NEAR_MS);
  }

  /** Nothing comes after this. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
