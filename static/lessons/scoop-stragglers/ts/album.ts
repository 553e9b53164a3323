import { futures } from 'scoop';
import { develop } from './film.ts';

export async function album(films: string[]) {
  const asked = films.map((film) =>
    futures.submit(develop, film),
  );
  const pages: string[] = [];
  for (const future of asked) {
    pages.push(await future.result());
  }
  return pages;
}
