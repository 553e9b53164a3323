import { countWords } from './text.ts';

export async function count(piece: number) {
  return await countWords(piece);
}
