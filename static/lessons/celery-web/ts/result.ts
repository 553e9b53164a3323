import type { Answer } from './http.ts';
import { app } from './tasks.ts';

export async function result(id: string) {
  return [404, 'no such page'] as Answer;
}
