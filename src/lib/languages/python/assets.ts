// What an interpreter is made from, besides the worker's own script. Built by
// scripts/python-assets.ts, fetched by the page when a Python node is first needed.

/** Handed to each interpreter's worker, which uses them up. */
export interface PythonAssets {
  /** CPython, compiled once and shared by all workers of a thread. */
  module: WebAssembly.Module;
  /** The standard library as a zip of compiled modules. */
  stdlib: Uint8Array<ArrayBuffer>;
  /** The packed memory of an interpreter that has just started (see `packPages`). */
  snapshot: Uint8Array<ArrayBuffer>;
}

/** Memory is packed in units of this many bytes; WebAssembly's own pages are too coarse. */
const PAGE_BYTES = 4096;
/** Total length and number of pages, each 4 bytes, little-endian. */
const HEADER_BYTES = 8;

/**
 * Leaves the empty pages out of a memory image: three quarters of an interpreter's memory are zeros.
 *
 * @returns a header, the indices of the pages that are kept (4 bytes each), and these pages
 */
export function packPages(image: Uint8Array): Uint8Array<ArrayBuffer> {
  const kept: number[] = [];
  for (let page = 0; page * PAGE_BYTES < image.length; page++) {
    if (pageOf(image, page).some((byte) => byte !== 0)) kept.push(page);
  }
  const bodyAt = HEADER_BYTES + 4 * kept.length;
  const packed = new Uint8Array(bodyAt + PAGE_BYTES * kept.length);
  const view = new DataView(packed.buffer);
  view.setUint32(0, image.length, true);
  view.setUint32(4, kept.length, true);
  for (const [index, page] of kept.entries()) {
    view.setUint32(HEADER_BYTES + 4 * index, page, true);
    packed.set(pageOf(image, page), bodyAt + PAGE_BYTES * index);
  }
  return packed;
}

/**
 * The beginning of the memory image again.
 *
 * @param length in bytes
 */
export function unpackStart(packed: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const start = new Uint8Array(length);
  for (const { at, bytes } of pagesOf(packed)) {
    if (at < length) start.set(bytes.subarray(0, length - at), at);
  }
  return start;
}

/**
 * Writes the memory image, from one place in it on, over a memory that has just been made. Pages that
 * are empty in both are not touched: the system gives them no room.
 */
export function unpackOver(packed: Uint8Array, from: number, memory: Uint8Array): void {
  const words = new Int32Array(memory.buffer, memory.byteOffset, memory.length >> 2);
  const isEmpty = (start: number, end: number): boolean => {
    for (let at = start >> 2; at < end >> 2; at++) if (words[at] !== 0) return false;
    return true;
  };
  let doneTo = 0;
  const clearTo = (end: number): void => {
    for (let at = doneTo; at < end; at += PAGE_BYTES) {
      const stop = Math.min(end, at + PAGE_BYTES);
      if (!isEmpty(at, stop)) memory.fill(0, at, stop);
    }
  };
  for (const { at, bytes } of pagesOf(packed)) {
    const skipped = Math.max(0, from - at);
    if (skipped >= bytes.length) continue;
    const start = at + skipped - from;
    clearTo(start);
    memory.set(bytes.subarray(skipped), start);
    doneTo = start + bytes.length - skipped;
  }
  clearTo(imageLength(packed) - from);
}

/** Bytes of the memory image when it is whole. */
export function imageLength(packed: Uint8Array): number {
  return new DataView(packed.buffer, packed.byteOffset).getUint32(0, true);
}

/** The pages that are kept, in their order. */
function* pagesOf(packed: Uint8Array): Generator<{ at: number; bytes: Uint8Array }> {
  const view = new DataView(packed.buffer, packed.byteOffset);
  const count = view.getUint32(4, true);
  const bodyAt = HEADER_BYTES + 4 * count;
  for (let index = 0; index < count; index++) {
    const at = view.getUint32(HEADER_BYTES + 4 * index, true) * PAGE_BYTES;
    const from = bodyAt + PAGE_BYTES * index;
    const length = Math.min(PAGE_BYTES, imageLength(packed) - at);
    yield { at, bytes: packed.subarray(from, from + length) };
  }
}

function pageOf(image: Uint8Array, page: number): Uint8Array {
  return image.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
}
