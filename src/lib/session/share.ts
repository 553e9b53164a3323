// Links that carry a whole experiment (experiment/link.ts), made from a session and opened again.
// Loaded when somebody shares or opens one.

import { LinkError, readLink, writeLink, type SharedRun } from '#lib/experiment/link.ts';
import { build } from './scripts.ts';
import type { Session } from './session.svelte.ts';

export { LinkError };
export type { SharedRun };

/** The fragment of the link, with `#`. */
export async function linkOf(session: Session, lesson: string | undefined): Promise<string> {
  const { workspace, seed, cursorUs, trace } = session;
  const run: SharedRun = {
    v: 1,
    build,
    files: { ...workspace.files },
    seed,
    ...(trace && { cursorUs }),
    ...(lesson !== undefined && { lesson }),
  };
  return `#${writeLink(run)}`;
}

/**
 * What a fragment carries. Nothing of it is run.
 *
 * @throws LinkError when it is cut off, too large or not ours
 */
export function openLink(fragment: string): SharedRun & { isOtherBuild: boolean } {
  const run = readLink(fragment);
  return { ...run, isOtherBuild: run.build !== build };
}
