import type { Answer } from './http.ts';
import { app } from './tasks.ts';

export async function result(id: string) {
  const found = app.AsyncResult(id);
  const isReady = await found.ready();
  const text = isReady ? String(await found.get()) : '';
  return [200, text] as Answer;
}
