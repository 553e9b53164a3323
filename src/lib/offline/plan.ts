// Which files of the built site are kept for use without a network, and which of them answers an
// address. Pure: the service worker (worker.ts) does what is decided here.
//
// At the first visit everything is kept that the pages, the editor and the simulation need: about
// 5 MB compressed. Python's files are three times that and are kept when they are used, or wanted
// (session/kept-python.svelte.ts).

/** Of `$app/manifest`. Paths are relative to where the site is served from. */
export interface SiteFiles {
  /** What the build made; the names change with the content. */
  immutable: readonly { path: string }[];
  /** What lies in `static`. */
  assets: readonly { path: string }[];
  /** Pages, and their data for who comes from another page. */
  prerendered: readonly { path: string }[];
}

export interface Plan {
  /** Kept at the first visit. */
  first: readonly string[];
  /** Kept when used. */
  later: readonly string[];
}

/** Shown for an address that nothing answers. */
export const UNKNOWN_PAGE = '404.html';
/** What no list of the build names: that page, and what pages ask whether a new version is there. */
const UNLISTED = [UNKNOWN_PAGE, '_app/version.json'];

/** `python.*.js`, `python-snapshot.*.bin`, ...: scripts/python-assets.ts names them. */
const PYTHON = /\/assets\/python[.-][^/]+$/;
/** The sources of lessons and examples; pages carry what they need of them. */
const SOURCES = /^(lessons|examples)\/[^/]+\//;
/** What whoever hosts the site may change without building it. */
const HOSTED = ['lessons/course.json'];
/** Lessons are opened as whole pages, and frames of other sites need a network anyway. */
const LESSON_DATA = /(^|\/)(lessons\/[^/]+\/__data|embed\/[^/]+)\.json$/;

/** The network is asked first; what is kept is for when it does not answer. */
export const isHosted = (path: string): boolean => HOSTED.includes(path);

/** A file that is kept when used. */
export const isLater = (path: string): boolean => PYTHON.test(path);

export function planOf({ immutable, assets, prerendered }: SiteFiles): Plan {
  const paths = (files: readonly { path: string }[]) => files.map(({ path }) => path);
  const made = paths(immutable);
  return {
    first: [
      ...made.filter((path) => !isLater(path)),
      ...paths(assets).filter((path) => !SOURCES.test(path)),
      ...paths(prerendered).filter((path) => !LESSON_DATA.test(path)),
      ...UNLISTED,
    ],
    later: made.filter((path) => isLater(path)),
  };
}

/** Its content never changes: an older version's copy is as good. */
export const isImmutable = (path: string): boolean => path.includes('/immutable/');

/**
 * The path of a file of this site that an address names, from where the site is served; null for what
 * is not of this site.
 *
 * @param url absolute
 * @param site absolute, with a trailing slash
 */
export function pathBelow(url: string, site: string): string | null {
  const { origin, pathname } = new URL(url);
  const home = new URL(site);
  if (origin !== home.origin) return null;
  if (!pathname.startsWith(home.pathname)) return null;
  return pathname.slice(home.pathname.length);
}

/**
 * The caches of one site are told from those of others at the same origin, another course's perhaps,
 * by the path it is served from.
 */
const cachePrefix = (site: string): string => `lightcone ${new URL(site).pathname} `;

export const cacheName = (site: string, version: string): string => cachePrefix(site) + version;

/** Of all versions of this site: the wanted one first, then as they were listed. */
export function cachesOfSite(names: readonly string[], site: string, version: string): string[] {
  const current = cacheName(site, version);
  const own = names.filter((name) => name.startsWith(cachePrefix(site)));
  return [...own.filter((name) => name === current), ...own.filter((name) => name !== current)];
}

/** From a page to the service worker. */
export type OfflinePacket =
  /** A page has started: of this version. What older pages needed may go, unless some are left. */
  | { type: 'started' }
  /** The version that waits is wanted now. */
  | { type: 'take-over' };
