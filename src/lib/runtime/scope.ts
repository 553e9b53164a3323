// Closes a thread's global scope before a learner's program runs in it (DESIGN section 6).

import { tameRealm } from '#lib/node/tame.ts';

let isTame = false;

/** Freezes intrinsics and takes the powerful globals away; a second call does nothing. */
export function tameScope(): void {
  if (isTame) return;
  isTame = true;
  tameRealm();
}
