// The header of Pyro's messages, protocol 48: what Pyro 4.82 writes on the wire. A message is this
// header, chunks of annotations, and a payload that a serializer made.

export const PYRO_PROTOCOL = 48;
export const PYRO_HEADER_BYTES = 24;
/** Added to the sum of the header's fields. */
const CHECKSUM_MAGIC = 0x34e9;

export const PYRO_TYPE = {
  connect: 1,
  connectok: 2,
  connectfail: 3,
  invoke: 4,
  result: 5,
  ping: 6,
} as const;

export const PYRO_FLAG = {
  exception: 1,
  compressed: 2,
  oneway: 4,
  batch: 8,
  metadata: 16,
  stream: 32,
  keepSerialized: 64,
} as const;

export const PYRO_SERIALIZER = { serpent: 1, json: 2, marshal: 3, pickle: 4 } as const;

/** Ids of objects that every daemon, and every name server, has. */
export const PYRO_DAEMON = 'Pyro.Daemon';
export const PYRO_NAME_SERVER = 'Pyro.NameServer';
/** What asks every machine for a name server. */
export const PYRO_BROADCAST = 'GET_NSURI';

export interface PyroHeader {
  type: number;
  flags: number;
  sequence: number;
  /** Bytes of the payload. */
  dataBytes: number;
  serializer: number;
  /** Bytes of all annotations, each 6 more than its value. */
  annotationBytes: number;
}

/** Whether bytes can begin a message of this protocol. */
export function isPyroStart(bytes: Uint8Array): boolean {
  const start = [0x50, 0x59, 0x52, 0x4f, 0, PYRO_PROTOCOL];
  return bytes.length >= start.length && start.every((byte, index) => bytes[index] === byte);
}

/** The header at the front of `bytes`, or null when there is none or its checksum is wrong. */
export function readPyroHeader(bytes: Uint8Array): PyroHeader | null {
  if (bytes.length < PYRO_HEADER_BYTES || !isPyroStart(bytes)) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, PYRO_HEADER_BYTES);
  const header = {
    type: view.getUint16(6),
    flags: view.getUint16(8),
    sequence: view.getUint16(10),
    dataBytes: view.getInt32(12),
    serializer: view.getUint16(16),
    annotationBytes: view.getUint16(18),
  };
  return view.getUint16(22) === checksumOf(header) && header.dataBytes >= 0 ? header : null;
}

export function writePyroHeader(header: PyroHeader): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(PYRO_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set([0x50, 0x59, 0x52, 0x4f]);
  view.setUint16(4, PYRO_PROTOCOL);
  view.setUint16(6, header.type);
  view.setUint16(8, header.flags);
  view.setUint16(10, header.sequence);
  view.setInt32(12, header.dataBytes);
  view.setUint16(16, header.serializer);
  view.setUint16(18, header.annotationBytes);
  view.setUint16(22, checksumOf(header));
  return bytes;
}

function checksumOf(header: PyroHeader): number {
  const { type, flags, sequence, dataBytes, serializer, annotationBytes } = header;
  const sum = type + PYRO_PROTOCOL + dataBytes + annotationBytes + serializer + flags + sequence;
  return (sum + CHECKSUM_MAGIC) & 0xffff;
}
