/** The layout of every page, and the content security policy that permits its own style and script only. */
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Html, html } from './html.ts';
import type { PageLinks } from './page-links.ts';

const pageStyle = readFileSync(new URL('./page.css', import.meta.url), 'utf8');
const pageScript = readFileSync(new URL('./page.js', import.meta.url), 'utf8');

/** `Content-Security-Policy`: nothing is loaded from or sent to other origins, and no frame may contain the page. */
export const pagePolicy = [
  "default-src 'none'",
  `script-src '${hashOf(pageScript)}'`,
  `style-src '${hashOf(pageStyle)}'`,
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const style = new Html(`<style>${pageStyle}</style>`);
const script = new Html(`<script type="module">${pageScript}</script>`);

export interface PageContent {
  title: string;
  content: Html;
}

/** A complete page; the script updates `content` if the page is live. */
export function renderPage(
  { title, content }: PageContent,
  { links, isLive }: { links: PageLinks; isLive: boolean },
): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Dashly sandbox</title>
<link rel="icon" href="${links.icon}" type="image/svg+xml">
${style}
</head>
<body>
<a class="skip" href="#conversation">Skip to the conversation</a>
<header>
<h1><a href="${links.home}">Dashly sandbox</a></h1>
<p class="live" id="live" role="status"></p>
${links.graphiql === null ? null : html`<a href="${links.graphiql}">GraphiQL</a>`}
</header>
<div id="content" data-events="${links.events}">${content}</div>
${isLive ? script : null}
</body>
</html>
`;
  return page.text;
}

function hashOf(text: string): string {
  return `sha256-${hash('sha256', text, 'base64')}`;
}
