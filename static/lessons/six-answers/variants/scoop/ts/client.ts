import { futures, IS_ORIGIN } from 'scoop';
import { pieces, total } from './text.ts';
import { count } from './work.ts';

if (IS_ORIGIN) {
  const counted = await futures.map(count, pieces);
  console.log('total', total(counted));
}
