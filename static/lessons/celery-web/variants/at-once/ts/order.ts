import type { Answer } from './http.ts';
import { report } from './tasks.ts';

export async function order(user: string) {
  const sent = await report.delay(user);
  return [202, `/result/${sent.id}`] as Answer;
}
