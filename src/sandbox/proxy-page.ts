/** The HTML that a proxy in front of Dashly answers with, where the call never gets as far as Dashly. */
import { STATUS_CODES } from 'node:http';
import type { Answer } from './api/responses.ts';

/** A bare page that says the status and its usual phrase, with no envelope in it. */
export function proxyPage(status: number, headers: Record<string, string> = {}): Answer & { kind: 'send' } {
  const title = `${status} ${STATUS_CODES[status] ?? 'Unknown'}`;
  return {
    kind: 'send',
    status,
    headers: { 'content-type': 'text/html', ...headers },
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n</body>\r\n</html>\r\n`,
  };
}
