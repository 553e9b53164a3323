// Where a pointer is in an element whose page may show it enlarged (CSS zoom): the pointer and the element's box
// are told in pixels of the window, what is drawn in pixels of the element.

/** How many pixels of the window one of the element has. */
export function zoomOf(element: Element): number {
  // Browsers that do not know of it have no zoom either that counts like this.
  return (element as { currentCSSZoom?: number }).currentCSSZoom ?? 1;
}

/** The place of the pointer from the upper left corner of an element, in pixels of the element. */
export function pointIn(
  element: Element,
  { clientX, clientY }: Pick<MouseEvent, 'clientX' | 'clientY'>,
): { x: number; y: number } {
  const { left, top } = element.getBoundingClientRect();
  const zoom = zoomOf(element);
  return { x: (clientX - left) / zoom, y: (clientY - top) / zoom };
}
