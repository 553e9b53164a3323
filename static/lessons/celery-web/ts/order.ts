import type { Answer } from './http.ts';
import { report } from './tasks.ts';

export async function order(user: string) {
  const text = await report(user);
  return [200, text] as Answer;
}
