// The picture as a file of the person at the page: SVG, or the PNG that is made of it. Loaded when
// asked for.

import inter from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import jetBrainsMono from '@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2?url';
import { readTheme } from './paint/canvas.ts';
import { svgPicture, type SvgOptions, type SvgPicture } from './paint/svg.ts';
import { sceneWords } from './words.ts';

/** What of it is on the page. */
export type Shown = Pick<
  SvgOptions,
  'trace' | 'nodes' | 'cursorUs' | 'lens' | 'scale' | 'orientation' | 'showsBackground'
>;

/** Dots of the file to one of the page: sharp on paper and on good screens. */
const RATIO = 2;
/** No browser makes larger bitmaps than the smallest limit among them (Safari's). */
const SIDE_MAX = 16_384;

/**
 * What the diagram shows up to the cursor, from the start of the run, in the colours of the page.
 *
 * @returns null for a run too long for a bitmap
 */
export async function pictureBlob(shown: Shown, type: 'svg' | 'png'): Promise<Blob | null> {
  const picture = svgOf(shown, await fontFaces());
  const svg = new Blob([picture.text], { type: 'image/svg+xml' });
  return type === 'svg' ? svg : bitmapOf(svg, picture);
}

function svgOf(shown: Shown, fontFaces: string): SvgPicture {
  const { colours, families } = readTheme(document.body);
  return svgPicture({ ...shown, words: sceneWords, colours, fonts: families, fontFaces });
}

/** A picture shown elsewhere, and one that is made of dots, can reach no file of the page. */
async function fontFaces(): Promise<string> {
  const faces = { 'Inter Variable': inter, 'JetBrains Mono': jetBrainsMono };
  const rules = Object.entries(faces).map(async ([family, url]) => {
    const data = await dataUrl(await (await fetch(url)).blob());
    return `@font-face{font-family:'${family}';font-weight:100 900;src:url(${data})}`;
  });
  return (await Promise.all(rules)).join('');
}

function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as string);
    reader.onerror = () => reject(reader.error!);
    reader.readAsDataURL(blob);
  });
}

async function bitmapOf(svg: Blob, { width, height }: SvgPicture): Promise<Blob | null> {
  const ratio = Math.min(RATIO, Math.floor(SIDE_MAX / Math.max(width, height)));
  if (ratio < 1) return null;
  const image = new Image();
  const url = URL.createObjectURL(svg);
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  } finally {
    URL.revokeObjectURL(url);
  }
}
