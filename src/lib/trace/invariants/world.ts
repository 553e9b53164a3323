// What the invariants share: the world as the trace has told it so far.

import type { Cluster } from '#lib/protocol/cluster.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { Lives } from './lives.ts';
import { Messages } from './messages.ts';
import { Paths } from './paths.ts';

export class World {
  readonly lives = new Lives();
  readonly paths: Paths;
  readonly messages: Messages;
  /** The message that was dropped last: its sender may be answered by a reset. */
  wasDropped = -1;

  constructor(cluster: Cluster) {
    this.paths = new Paths(cluster);
    this.messages = new Messages(this.paths);
  }

  follow(event: TraceEvent, id: number): void {
    this.lives.follow(event);
    this.messages.follow(event, id);
    this.paths.follow(event);
    if (event.kind === 'drop') this.wasDropped = event.send;
  }
}
