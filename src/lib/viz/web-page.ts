// A page of the cluster's web, made fit to stand in ours: what learners' servers send is hostile until
// proven otherwise. Text, lists, tables, links and forms are left of it; nothing of it runs or loads.

import DOMPurify from 'dompurify';

const TAGS =
  'h1 h2 h3 h4 p div span br hr ul ol li dl dt dd table caption thead tbody tr th td pre code blockquote ' +
  'b i em strong small del ins mark title a form fieldset legend label input button select option textarea';
const ATTRIBUTES =
  'href action method name value type placeholder checked selected colspan rowspan for id';

/** What its user does: the line that the browser is given (models/web/browser.ts). */
export type Visit = string;

/** The parts of a page that can be shown. */
export function pageFragment(html: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS.split(' '),
    ALLOWED_ATTR: ATTRIBUTES.split(' '),
    ALLOW_DATA_ATTR: false,
    // In a tree of its own no name or id of it reaches the page around.
    SANITIZE_DOM: false,
    RETURN_DOM_FRAGMENT: true,
  });
  // An address of the cluster means nothing outside it: the page around must never go there.
  for (const link of fragment.querySelectorAll('a[href]')) {
    link.setAttribute('data-to', attribute(link, 'href'));
    link.setAttribute('href', '#');
  }
  for (const form of fragment.querySelectorAll('form')) {
    form.setAttribute('data-to', attribute(form, 'action'));
    form.setAttribute('data-method', attribute(form, 'method').toUpperCase());
    form.removeAttribute('action');
    form.removeAttribute('method');
  }
  return fragment;
}

/** A field of a form may be called `getAttribute`. */
function attribute(element: Element, name: string): string {
  return Element.prototype.getAttribute.call(element, name) ?? '';
}

/** What a click asks for: a link that was followed, or null. */
export function linkAsked(event: Event): Visit | null {
  const link = event.target instanceof Element ? event.target.closest('a[data-to]') : null;
  return link && `GET ${attribute(link, 'data-to').trim() || '?'}`;
}

/** What a form asks for when it is sent. */
export function formAsked(form: HTMLFormElement, submitter: HTMLElement | null): Visit {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) {
    if (typeof value === 'string') fields.append(name, value);
  }
  const to = attribute(form, 'data-to').trim();
  if (attribute(form, 'data-method') === 'POST') return `POST ${to || '?'} ${fields.toString()}`;
  return `GET ${to.replace(/\?.*/, '')}?${fields.toString()}`;
}
