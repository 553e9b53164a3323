import { serve } from './http.ts';
import { order } from './order.ts';
import { result } from './result.ts';

// /order/Ada or /result/<id>
await serve(async (path) => {
  const [, page, word] = path.split('/');
  return page === 'order' ? order(word) : result(word);
});
