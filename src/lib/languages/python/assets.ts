// What an interpreter is made from, besides the worker's own script. Built by
// scripts/python-assets.ts, fetched by the page when a Python node is first needed.

/** Handed to each interpreter's worker. */
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

/** The memory image again. */
export function unpackPages(packed: Uint8Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const image = new Uint8Array(view.getUint32(0, true));
  const count = view.getUint32(4, true);
  const bodyAt = HEADER_BYTES + 4 * count;
  for (let index = 0; index < count; index++) {
    const page = view.getUint32(HEADER_BYTES + 4 * index, true);
    const from = bodyAt + PAGE_BYTES * index;
    const length = Math.min(PAGE_BYTES, image.length - page * PAGE_BYTES);
    image.set(packed.subarray(from, from + length), page * PAGE_BYTES);
  }
  return image;
}

function pageOf(image: Uint8Array, page: number): Uint8Array {
  return image.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
}
