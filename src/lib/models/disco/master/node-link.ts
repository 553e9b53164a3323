// A node as the master knows it: alive while its connection is.

import type { Connection } from '#lib/node/connection.ts';
import { sendFrame } from '../frames.ts';
import type { MasterFrame } from '../protocol.ts';
import type { Attempt } from './task.ts';

export class NodeLink {
  readonly name: string;
  readonly slots: number;
  readonly running = new Map<number, Attempt>();
  /** False while somebody wants no tasks there. */
  isAllowed = true;
  heardUs: number;
  readonly connection: Connection;

  constructor(name: string, slots: number, connection: Connection, nowUs: number) {
    this.name = name;
    this.slots = slots;
    this.connection = connection;
    this.heardUs = nowUs;
  }

  send(frame: MasterFrame, preview = ''): void {
    sendFrame(this.connection, frame, preview);
  }
}
