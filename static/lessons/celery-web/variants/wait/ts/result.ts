import type { Answer } from './http.ts';
import { app } from './tasks.ts';

export async function result(id: string) {
  const found = app.AsyncResult(id);
  const text = String(await found.get());
  return [200, text] as Answer;
}
