import { futures } from 'scoop';
import { develop } from './film.ts';

export async function album(films: string[]) {
  const asked = films.map((film) =>
    futures.submit(develop, film),
  );
  await futures.wait(asked, { timeout: 5 });
  const pages: string[] = [];
  for (const [index, first] of asked.entries()) {
    const tries = [first];
    if (!first.done()) {
      tries.push(futures.submit(develop, films[index]));
    }
    const { done } = await futures.wait(tries);
    pages.push(await [...done][0].result());
  }
  return pages;
}
