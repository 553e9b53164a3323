// What a thread reads and writes for each process in a window: see packets.ts for the order.

import type { Answer, Batch, Input } from '#lib/protocol/packets.ts';
import { INPUTS, OPS } from './packet-plan.ts';
import type { PacketReader } from './packet-reader.ts';
import type { PacketWriter } from './packet-writer.ts';

/** The next request of a window: the process's slot, and what it is to run. */
export function readRequest(reader: PacketReader): { slot: number; batch: Batch } {
  const slot = reader.number();
  const boundUs = reader.number();
  const notBeforeUs = reader.number();
  const inputs: Input[] = [];
  for (let more = reader.number(); more > 0; more--) inputs.push(reader.item(INPUTS, 0));
  return { slot, batch: { inputs, boundUs, notBeforeUs } };
}

export function writeAnswer(writer: PacketWriter, { ops, nextUs }: Answer): void {
  writer.number(nextUs);
  writer.number(ops.length);
  for (let at = 0; at < ops.length; at++) writer.item(OPS, ops[at]!);
}
