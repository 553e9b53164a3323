import { IS_ORIGIN } from 'scoop';
import { album } from './album.ts';

const films = ['Rome', 'Oslo', 'Bern', 'Riga'];

if (IS_ORIGIN) {
  const began = performance.now();
  const pages = await album(films);
  const took = (performance.now() - began) / 1000;
  const time = `in ${took.toFixed(1)} s`;
  console.log(pages.join(', '), time);
}
