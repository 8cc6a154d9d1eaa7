/** Every text is escaped in a template. */

import { expect, test } from 'vitest';
import { Html, html } from '../../../src/sandbox/pages/html.ts';

test.each([
  ['<script>alert(1)</script>', '&#60;script&#62;alert(1)&#60;/script&#62;'],
  ['" onclick="x', '&#34; onclick=&#34;x'],
  ["' autofocus='", '&#39; autofocus=&#39;'],
  ['&lt;b&gt;', '&#38;lt;b&#38;gt;'],
  ['Привет 🎉', 'Привет 🎉'],
  [0, '0'],
  [null, ''],
])('writes %j as %j', (value, text) => {
  expect(html`<p title="${value}">${value}</p>`.text).toBe(`<p title="${text}">${text}</p>`);
});

test('inserts HTML unchanged, joins lists, and escapes the texts in them', () => {
  const list = [html`<i>a</i>`, '<b>', null, [new Html('<hr>')]];
  expect(html`<p>${list}</p>`.text).toBe('<p><i>a</i>&#60;b&#62;<hr></p>');
});
