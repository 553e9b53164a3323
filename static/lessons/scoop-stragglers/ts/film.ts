import { sleep } from 'node';

export async function develop(film: string) {
  await sleep(3); // in the bath
  console.log('developed', film);
  return film;
}
