// Markdown of our own as HTML, made while the site is built.

import { Marked } from 'marked';

const marked = new Marked({
  renderer: {
    // Other files of the project are no pages of the site.
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens);
      return /^https?:/.test(href) ? `<a href="${encodeURI(href)}">${text}</a>` : text;
    },
    // Wide tables scroll by themselves, also by keyboard. A group is no landmark: a page has many.
    table(token) {
      const row = (cells: typeof token.header, tag: string) =>
        `<tr>${cells.map(({ tokens }) => `<${tag}>${this.parser.parseInline(tokens)}</${tag}>`).join('')}</tr>`;
      const body = token.rows.map((cells) => row(cells, 'td')).join('');
      return `<div class="table" role="group" aria-label="table" tabindex="0"><table><thead>${row(token.header, 'th')}</thead><tbody>${body}</tbody></table></div>`;
    },
  },
});

export const html = (markdown: string): string => marked.parse(markdown, { async: false });
