// Experiments as zips, in and out of the playground. Loaded when somebody wants one.

import { m } from '#lib/i18n/paraglide/messages.js';
import { ArchiveError, packExperiment, readExperiment } from '#lib/session/experiment-file.ts';
import type { FreePlay } from '#lib/session/free-play.svelte.ts';
import { download } from './download.ts';

/** What some system would not take as part of a file's name. */
const UNSAFE = /[\\/:*?"<>|]|\p{Cc}/gu;

export function save({ session }: FreePlay, name: string): void {
  const bytes = packExperiment(session.workspace.files, session.seed);
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/zip' });
  download(blob, `${name.replaceAll(UNSAFE, '_')}.zip`);
}

/** @returns why it was not opened, in words; null when it was */
export async function take(play: FreePlay, file: File): Promise<string | null> {
  try {
    const { files, seed } = readExperiment(new Uint8Array(await file.arrayBuffer()));
    play.take(file.name.replace(/\.zip$/i, ''), files, seed);
    return null;
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return refusal(file.name, error);
  }
}

function refusal(name: string, { fault, file }: ArchiveError): string {
  if (fault === 'too-large') return m.play_zip_too_large({ name });
  if (fault === 'no-cluster') return m.play_zip_no_cluster({ name });
  if (fault === 'path') return m.play_zip_path({ name, file });
  if (fault === 'not-text') return m.play_zip_not_text({ name, file });
  return m.play_zip_damaged({ name });
}
