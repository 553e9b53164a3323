/** The diagram, which has nothing to draw before the first run: asked for when the page is idle. */
export const loadPicture = () => import('#lib/viz/SpaceTime.svelte');
