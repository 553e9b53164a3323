// A channel as the processes of one node see it, and its ends. Where it lives is another matter: here
// (home.ts), or at another node (see README).

import { InfoException } from '../errors.ts';
import type { Direction, Request } from './operation.ts';
import type { CspProcess } from './process.ts';

/** Where a channel lives, near or far. */
export interface Place {
  join(direction: Direction): void;
  retire(direction: Direction): void;
  /** @param direction of the end by which it was poisoned */
  poison(direction: Direction): void;
  post(direction: Direction, request: Request): void;
  withdraw(direction: Direction, request: Request): void;
}

export class Channel {
  readonly name: string;
  readonly place: Place;
  /** The node where it lives, null for this one. */
  readonly host: string | null;
  readonly ends: End[] = [];
  /** Of a kind that may have one end of a direction: its name, and which. */
  single: { readonly kind: string; readonly directions: readonly Direction[] } | null = null;

  constructor(name: string, place: Place, host: string | null = null) {
    this.name = name;
    this.place = place;
    this.host = host;
  }

  /** @throws InfoException for a second end where there may be one */
  open(direction: Direction, maker: CspProcess): End {
    this.#check(direction);
    const end = this.arrived(direction, maker);
    this.place.join(direction);
    return end;
  }

  #check(direction: Direction): void {
    if (!this.single?.directions.includes(direction)) return;
    if (!this.ends.some((end) => end.direction === direction)) return;
    const [side, word] = direction === 'read' ? ['reader', 'reading'] : ['writer', 'writing'];
    throw new InfoException(
      `${this.single.kind} ${this.name} has one ${side}: a second ${word} end is refused`,
    );
  }

  /** An end that came from another node was counted when it was made. */
  arrived(direction: Direction, maker: CspProcess): End {
    const end = new End(this, direction, maker);
    this.ends.push(end);
    return end;
  }

  /** Processes that hold an end of this kind which is not retired: who made it, when nobody else does. */
  holders(direction: Direction): CspProcess[] {
    const open = this.ends.filter((end) => end.direction === direction && !end.isRetired);
    return [
      ...new Set(open.flatMap((end) => (end.holders.size > 0 ? [...end.holders] : end.maker))),
    ];
  }
}

export class End {
  readonly channel: Channel;
  readonly direction: Direction;
  /** How many operations it has been used for. */
  useCount = 0;
  readonly maker: CspProcess;
  /** Who may use it, as far as one can see: who was given it, received it or has used it. */
  readonly holders = new Set<CspProcess>();
  isRetired = false;

  constructor(channel: Channel, direction: Direction, maker: CspProcess) {
    this.channel = channel;
    this.direction = direction;
    this.maker = maker;
  }

  retire(): void {
    if (this.isRetired) return;
    this.isRetired = true;
    this.channel.place.retire(this.direction);
  }

  poison(): void {
    this.channel.place.poison(this.direction);
  }
}
