// Frames between the master and its nodes: a length in four bytes, then JSON.

import type { Connection } from '#lib/node/connection.ts';
import { isStop } from '#lib/node/meter.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import type { MasterFrame, NodeFrame } from './protocol.ts';

type Frame = MasterFrame | NodeFrame;

/** A longer frame is no frame of ours. */
const LENGTH_MAX = 16 * 1024 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Sends a frame; to a peer that has gone it is lost, as the reader will learn. */
export function sendFrame(connection: Connection, frame: Frame, preview: string): void {
  if (!connection.isOpen) return;
  const json = encoder.encode(JSON.stringify(frame));
  const bytes = new Uint8Array(4 + json.length);
  new DataView(bytes.buffer).setUint32(0, json.length);
  bytes.set(json, 4);
  connection.send(bytes, { proto: 'disco', msg: frame.type, preview }).catch(() => undefined);
}

/** Reads frames until the connection ends, for whatever reason. */
export function* readFrames<T extends Frame>(
  connection: Connection,
  take: (frame: T) => void,
): Body<void> {
  let rest: Uint8Array = new Uint8Array(0);
  try {
    for (;;) {
      const bytes = yield* wait(connection.receive());
      if (bytes === null) return connection.close();
      rest = joined(rest, bytes);
      for (;;) {
        const length =
          rest.length < 4 ? Infinity : new DataView(rest.buffer, rest.byteOffset).getUint32(0);
        if (Number.isFinite(length) && length > LENGTH_MAX) return connection.reset();
        if (rest.length < 4 + length) break;
        const frame = JSON.parse(decoder.decode(rest.subarray(4, 4 + length))) as T;
        rest = rest.subarray(4 + length);
        take(frame);
      }
    }
  } catch (error) {
    if (isStop(error) || error instanceof InvariantError) throw error;
    connection.close();
  }
}

export function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second;
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
