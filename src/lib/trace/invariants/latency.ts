// NET1: nothing arrives before the base latency of its link has passed since it left. What a link is
// changed to holds for later sends only.

import type { Invariant } from './invariant.ts';
import { arrivalOf } from './messages.ts';

export function nothingIsFasterThanItsLink(): Invariant {
  return {
    name: 'nothing is faster than its link',
    event(event, _id, world) {
      const message = world.messages.get(arrivalOf(event) ?? -1);
      if (!message) return null;
      // A refusal has been there and back; of a way back that was changed nothing is certain.
      const isThereAndBack = event.kind === 'refuse' && !world.paths.hasChanged;
      const backUs = isThereAndBack ? world.paths.baseUs(event.from, event.node) : 0;
      const tookUs = event.tUs - message.sentUs;
      const leastUs = message.baseUs + backUs;
      if (tookUs >= leastUs) return null;
      return `message ${message.id} took ${tookUs} µs, its way takes ${leastUs} µs`;
    },
  };
}
