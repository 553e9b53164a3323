// What Python nodes need, kept on this device for use without a network: in the cache of the site's
// service worker (offline/worker.ts), which keeps it by itself once a Python program has run.

import { cacheName } from '#lib/offline/plan.ts';
import { pythonBytes, pythonUrls } from 'virtual:lightcone/python';

/** `unknown`: not looked yet · `full`: this device has no room · `failed`: it did not come. */
export type KeptState = 'unknown' | 'absent' | 'coming' | 'kept' | 'full' | 'failed';

export class KeptPython {
  /** Of all files, as they come over the network. */
  readonly totalBytes: number = pythonBytes;
  readonly #cacheName: string;
  #state = $state<KeptState>('unknown');
  #loadedBytes = $state(0);

  /**
   * @param site where the site is served from, as its service worker says
   * @param version of the site
   */
  constructor(site: string, version: string) {
    this.#cacheName = cacheName(site, version);
  }

  get state(): KeptState {
    return this.#state;
  }

  get loadedBytes(): number {
    return this.#loadedBytes;
  }

  /** Looks what is kept. */
  async look(): Promise<void> {
    const cache = await caches.open(this.#cacheName);
    const kept = await Promise.all(Object.values(pythonUrls).map((url) => cache.match(url)));
    if (this.#state !== 'coming') this.#state = kept.every(Boolean) ? 'kept' : 'absent';
  }

  /** Fetches and keeps what is missing. What has come of an attempt that failed stays. */
  async keep(): Promise<void> {
    if (this.#state === 'coming') return;
    this.#state = 'coming';
    this.#loadedBytes = 0;
    try {
      // Browsers throw away what nobody asked them to keep when the device runs full.
      await navigator.storage.persist?.();
      const cache = await caches.open(this.#cacheName);
      for (const url of Object.values(pythonUrls)) await this.#keepOne(cache, url);
      this.#state = 'kept';
    } catch (error) {
      const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
      this.#state = isFull ? 'full' : 'failed';
    }
  }

  /** Gives the room back. The next Python program fetches it again. */
  async drop(): Promise<void> {
    const cache = await caches.open(this.#cacheName);
    await Promise.all(Object.values(pythonUrls).map((url) => cache.delete(url)));
    await this.look();
  }

  async #keepOne(cache: Cache, url: string): Promise<void> {
    const kept = await cache.match(url);
    const response = kept ?? (await fetch(url));
    if (!response.ok) throw new Error(`${response.status} ${url}`);
    const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        this.#loadedBytes += chunk.length;
        controller.enqueue(chunk);
      },
    });
    const counted = response.body!.pipeThrough(counter);
    if (kept) await counted.pipeTo(new WritableStream());
    else await cache.put(url, new Response(counted, { headers: response.headers }));
  }
}
