// The service worker: keeps the site on this device, one cache for each version, and answers from
// there, so that a page and what it loads later are always of one version. What is not kept goes
// to the network as if nobody stood between. Responses are handed on as the host sent them, with
// its headers. It decides nothing by itself about new versions: a page asks (see OfflinePacket).

import {
  cacheName,
  cachesOfSite,
  isHosted,
  isImmutable,
  isLater,
  pathBelow,
  planOf,
  UNKNOWN_PAGE,
  type OfflinePacket,
  type SiteFiles,
} from './plan.ts';

/** So many files come at a time: the page that is being read has the network too. */
const FETCHES_AT_A_TIME = 4;

interface LastingEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}

interface FetchEvent extends LastingEvent {
  readonly request: Request;
  respondWith(response: Promise<Response>): void;
}

/** What is used of a service worker's global scope; the page's types know nothing of it. */
export interface WorkerScope {
  readonly registration: { readonly scope: string };
  readonly clients: {
    claim(): Promise<void>;
    matchAll(options: { type: 'window'; includeUncontrolled: boolean }): Promise<unknown[]>;
  };
  readonly caches: CacheStorage;
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: LastingEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(
    type: 'message',
    listener: (event: LastingEvent & { data: OfflinePacket }) => void,
  ): void;
}

/** Starts the service worker of one version of the site. */
export function keepSite(scope: WorkerScope, files: SiteFiles, version: string): void {
  const keeper = new Keeper(scope, files, version);
  scope.addEventListener('install', (event) => event.waitUntil(keeper.install()));
  // The first visit is served from here at once: what it loads from now on is kept.
  scope.addEventListener('activate', (event) => event.waitUntil(scope.clients.claim()));
  scope.addEventListener('fetch', (event) => {
    const path = keeper.pathOf(event.request);
    if (path !== null) event.respondWith(keeper.answer(event.request, path, event));
  });
  scope.addEventListener('message', (event) => {
    const { type } = event.data;
    event.waitUntil(type === 'take-over' ? scope.skipWaiting() : keeper.sweep());
  });
}

class Keeper {
  readonly #scope: WorkerScope;
  readonly #site: string;
  readonly #version: string;
  readonly #first: readonly string[];
  readonly #later: readonly string[];
  readonly #known: ReadonlySet<string>;

  constructor(scope: WorkerScope, files: SiteFiles, version: string) {
    this.#scope = scope;
    this.#site = scope.registration.scope;
    this.#version = version;
    const { first, later } = planOf(files);
    this.#first = first;
    this.#later = later;
    this.#known = new Set([...first, ...later]);
  }

  /**
   * Keeps what is kept at the first visit. What came of an attempt that failed is there for the next.
   *
   * @throws (rejects) when a file did not come or there is no room: the site then works as before
   */
  async install(): Promise<void> {
    const cache = await this.#cache();
    await this.#keepAll(cache, this.#first);
    // Who had Python at hand goes on having it; without room for it the rest is kept all the same.
    if (await this.#hadLater()) await this.#keepAll(cache, this.#later).catch(() => undefined);
  }

  /** The path of a request that may be answered from what is kept, or null. */
  pathOf(request: Request): string | null {
    if (request.method !== 'GET' || request.headers.has('range')) return null;
    const path = pathBelow(request.url, this.#site);
    if (path === null) return null;
    const isOurs = this.#known.has(path) || isImmutable(path) || request.mode === 'navigate';
    return isOurs ? path : null;
  }

  /** From what is kept, else from the network; what the host may have changed, the other way round. */
  async answer(request: Request, path: string, event: LastingEvent): Promise<Response> {
    const kept = await this.#kept(path);
    if (kept && !isHosted(path)) return kept;
    try {
      const response = await fetch(request);
      if (response.ok && (isHosted(path) || isLater(path))) {
        const copy = response.clone();
        const keep = async () => (await this.#cache()).put(this.#url(path), copy);
        // Without room it is not kept, and comes again next time.
        event.waitUntil(keep().catch(() => undefined));
      }
      return response;
    } catch (error) {
      if (kept) return kept;
      if (request.mode !== 'navigate') throw error;
      return this.#missing(path);
    }
  }

  /** Drops what older versions kept, unless another page is open: it may be of one of them. */
  async sweep(): Promise<void> {
    const pages = await this.#scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
    if (pages.length > 1) return;
    const [current, ...older] = await this.#names();
    const isCurrent = current === cacheName(this.#site, this.#version);
    if (isCurrent) await Promise.all(older.map((name) => this.#scope.caches.delete(name)));
  }

  /** Without a network, at an address that is none: with the slash that is missing, or not at all. */
  async #missing(path: string): Promise<Response> {
    if (this.#known.has(`${path}/`)) return Response.redirect(this.#url(`${path}/`));
    const page = await this.#kept(UNKNOWN_PAGE);
    return page
      ? new Response(page.body, { status: 404, headers: page.headers })
      : Response.error();
  }

  async #keepAll(cache: Cache, paths: readonly string[]): Promise<void> {
    const waiting = [...paths];
    const lane = async () => {
      for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
        await this.#keep(cache, path);
      }
    };
    await Promise.all(Array.from({ length: FETCHES_AT_A_TIME }, lane));
  }

  async #keep(cache: Cache, path: string): Promise<void> {
    const url = this.#url(path);
    if (await cache.match(url)) return;
    const older = isImmutable(path) ? await this.#keptAnywhere(path) : undefined;
    // What may change under its name is asked for anew: the page of today with the scripts of today.
    const response =
      older ?? (await fetch(url, { cache: isImmutable(path) ? 'default' : 'no-cache' }));
    if (!response.ok) throw new Error(`${response.status} ${url}`);
    await cache.put(url, plain(response));
  }

  /** A page of an older version that is still open asks for its own files. */
  async #kept(path: string): Promise<Response | undefined> {
    if (isImmutable(path)) return this.#keptAnywhere(path);
    return (await this.#cache()).match(this.#url(path));
  }

  async #keptAnywhere(path: string): Promise<Response | undefined> {
    for (const name of await this.#names()) {
      const kept = await (await this.#scope.caches.open(name)).match(this.#url(path));
      if (kept) return kept;
    }
    return undefined;
  }

  /** Some version has some of Python; in another its files have other names. */
  async #hadLater(): Promise<boolean> {
    for (const name of await this.#names()) {
      const keys = await (await this.#scope.caches.open(name)).keys();
      if (keys.some(({ url }) => isLater(url))) return true;
    }
    return false;
  }

  async #names(): Promise<string[]> {
    return cachesOfSite(await this.#scope.caches.keys(), this.#site, this.#version);
  }

  #cache(): Promise<Cache> {
    return this.#scope.caches.open(cacheName(this.#site, this.#version));
  }

  #url(path: string): string {
    return new URL(path, this.#site).href;
  }
}

/** A page may not be answered by a response that was redirected on its way. */
function plain(response: Response): Response {
  if (!response.redirected) return response;
  const { status, headers } = response;
  return new Response(response.body, { status, headers });
}
