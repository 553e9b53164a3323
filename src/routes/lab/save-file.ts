// Hands files to the person at the page. Loaded when somebody saves.

import { exportTrace } from '#lib/session/trace-export.ts';
import type { Session } from '#lib/session/session.svelte.ts';
import { pictureBlob } from '#lib/viz/picture-file.ts';
import { download } from './download.ts';
import type { PictureChoices } from './picture-choices.svelte.ts';
import type { SaveFormat } from './save-formats.ts';

/**
 * Saves the run, or its picture as far as the cursor: as it is drawn on the page.
 *
 * @param nodes the columns of the picture, in their order
 * @returns false when the run is too long for a bitmap
 */
export async function saveFile(
  session: Session,
  format: SaveFormat,
  nodes: readonly string[],
  { scale, orientation, showsBackground }: PictureChoices,
): Promise<boolean> {
  const { trace, seed, cursorUs, lensNode: lens } = session;
  if (!trace) return true;
  const name = `lightcone-seed-${trace.header?.seed ?? seed}`;
  if (format === 'svg' || format === 'png') {
    const blob = await pictureBlob(
      { trace, nodes, cursorUs, lens, scale, orientation, showsBackground },
      format,
    );
    if (blob) download(blob, `${name}.${format}`);
    return blob !== null;
  }
  const { blob, ending } = exportTrace(trace, format);
  download(blob, name + ending);
  return true;
}
