// Which values the parameters of a route may take. Kit loads this file into plain Node while
// building, so it can import nothing of $app, and no message either.
import { defineParams } from '@sveltejs/kit/params';

export const params = defineParams({
  /** Languages with a path of their own; English has none. */
  locale: (segment) => (segment === 'zh' ? segment : undefined),
});
