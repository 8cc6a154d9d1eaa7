/** The frame of every page of the sandbox, with the policy that lets it run its own script and no other. */
import { createHash } from 'node:crypto';
import { Html, html } from './html.ts';
import type { PageLinks } from './page-links.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';

/** Of `Content-Security-Policy`: nothing from elsewhere, nothing to elsewhere, no frame around it. */
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

/** A whole page; `content` is what the script keeps up to date, where `isLive`. */
export function framePage({
  title,
  content,
  links,
  isLive,
}: {
  title: string;
  content: Html;
  links: PageLinks;
  isLive: boolean;
}): string {
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
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
