export const prerender = true;
// A folder with an index.html each: any plain file server finds them.
export const trailingSlash = 'always';
