// The text of a lesson whose author may be anybody, made fit to stand in the page. What the reader of the
// Markdown lets through is harmless already (markdown.ts); here it is looked at once more, as what it is.

import DOMPurify from 'dompurify';
import type { Lesson } from './lesson.ts';
import type { LessonStep } from './markdown.ts';

const TAGS =
  'p br hr em strong del code pre span a button ul ol li blockquote h3 h4 table thead tbody tr th td';
const ATTRIBUTES = 'class href type popovertarget start align';

/**
 * The lesson with a text that does nothing but be read. In the browser.
 *
 * @param address of the lesson's page: where its links begin
 */
export function safeLesson(lesson: Lesson, address: string): Lesson {
  const safe = (steps: LessonStep[]): LessonStep[] =>
    steps.map((step) => ({
      ...step,
      parts: step.parts.map((part) =>
        part.type === 'html' ? { ...part, html: safeHtml(part.html, address) } : part,
      ),
    }));
  return { ...lesson, text: { en: safe(lesson.text.en), zh: safe(lesson.text.zh) } };
}

function safeHtml(html: string, address: string): string {
  const fragment = DOMPurify.sanitize(html, {
    ALLOWED_TAGS: TAGS.split(' '),
    ALLOWED_ATTR: ATTRIBUTES.split(' '),
    ALLOW_DATA_ATTR: false,
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of fragment.querySelectorAll('a[href]')) {
    link.setAttribute('href', new URL(link.getAttribute('href')!, address).href);
    // What is being written stays where it is.
    link.setAttribute('target', '_blank');
    link.setAttribute('rel', 'noopener');
  }
  const box = document.createElement('div');
  box.append(fragment);
  return box.innerHTML;
}
