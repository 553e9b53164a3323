// The files that Python nodes are made from, while they come. A file that failed is fetched again by
// the next try; the others go on meanwhile, and what has come of them is kept.

import type { LabPython } from '#lib/runtime/lab.ts';

/** In the order of `LabPython`. */
const NAMES = ['script', 'module', 'stdlib', 'snapshot'] as const;
type Name = (typeof NAMES)[number];

interface Part {
  bytes: Promise<ArrayBuffer>;
  /** As they are served. */
  loadedBytes: number;
}

export class PythonParts {
  readonly #urls: Readonly<Record<Name, string>>;
  readonly #totalBytes: number;
  readonly #parts = new Map<Name, Part>();
  #onprogress: (loadedBytes: number, totalBytes: number) => void = nothing;

  /**
   * @param urls where the files lie, all but the script gzipped
   * @param totalBytes of all of them, 0 when it is not known: servers do not always say
   */
  constructor(urls: Readonly<Record<Name, string>>, totalBytes: number) {
    this.#urls = urls;
    this.#totalBytes = totalBytes;
  }

  /**
   * Fetches what is not here yet, and hands all of it on for good.
   *
   * @param onprogress told how many bytes have come, and how many there are: 0 when not known
   * @throws (rejects) when a file did not come
   */
  async load(onprogress: (loadedBytes: number, totalBytes: number) => void): Promise<LabPython> {
    this.#onprogress = onprogress;
    try {
      const files = await Promise.all(NAMES.map((name) => this.#part(name).bytes));
      const [script, module, stdlib, snapshot] = files as [ArrayBuffer, ...ArrayBuffer[]];
      this.#parts.clear();
      return {
        script: new TextDecoder().decode(script),
        module: module!,
        stdlib: stdlib!,
        snapshot: snapshot!,
      };
    } finally {
      // Files that still come are nobody's to be told of.
      this.#onprogress = nothing;
    }
  }

  #part(name: Name): Part {
    const known = this.#parts.get(name);
    if (known) return known;
    const part: Part = { loadedBytes: 0, bytes: Promise.resolve(new ArrayBuffer(0)) };
    part.bytes = this.#fetch(name, part);
    part.bytes.catch(() => this.#parts.delete(name));
    this.#parts.set(name, part);
    return part;
  }

  async #fetch(name: Name, part: Part): Promise<ArrayBuffer> {
    const url = this.#urls[name];
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${response.status} ${url.split('/').at(-1)}`);
    const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        part.loadedBytes += chunk.length;
        this.#tell();
        controller.enqueue(chunk);
      },
    });
    const served = response.body!.pipeThrough(counter);
    // Gzipped by us, because servers do not compress what they do not know.
    const plain = name === 'script' ? served : served.pipeThrough(new DecompressionStream('gzip'));
    return new Response(plain).arrayBuffer();
  }

  #tell(): void {
    const parts = [...this.#parts.values()];
    const loadedBytes = parts.reduce((sum, part) => sum + part.loadedBytes, 0);
    this.#onprogress(loadedBytes, this.#totalBytes);
  }
}

function nothing(): void {
  // Nobody listens.
}
