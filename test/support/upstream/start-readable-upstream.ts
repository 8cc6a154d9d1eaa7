/** An upstream with readable conversations: it stores the parts of replies, and its responses can be lost. */

import type { ServerResponse } from 'node:http';
import {
  answerJson,
  answerTo,
  startUpstream,
  type Upstream,
  type UpstreamRequest,
} from './start-upstream.ts';

export type RestPart = Record<string, unknown>;

export interface ReadableUpstream extends Upstream {
  /** The parts of all conversations, oldest first. */
  readonly parts: RestPart[];
  /** The replies that arrived. */
  posts(): readonly UpstreamRequest[];
  /** The requests for parts. */
  reads(): readonly UpstreamRequest[];
  readonly behavior: Behavior;
}

export interface Behavior {
  /** Responds to a reply, whose part is stored already; by default confirms it. */
  respond: (response: ServerResponse, request: UpstreamRequest, part: RestPart) => void;
  /** Responds to a request for parts instead of the usual response, unless it returns false. */
  read: (response: ServerResponse) => boolean;
  /** The difference in seconds between the clocks of Dashly and of the gateway. */
  clockSkewSeconds: number;
}

/** Responds with a 503, as a proxy does after a lost response. */
export const loseResponse: Behavior['respond'] = (response) => answerJson('', 503)(response, noRequest);

const noRequest = { method: '', path: '', headers: {}, body: '', fields: [], connection: 0 };

export async function startReadableUpstream(options: Partial<Behavior> = {}): Promise<ReadableUpstream> {
  const parts: RestPart[] = [];
  const behavior: Behavior = {
    respond: (response, request, part) => answerJson(answerTo(request, part))(response, request),
    read: () => false,
    clockSkewSeconds: 0,
    ...options,
  };
  const now = (): number => Date.now() / 1000 + behavior.clockSkewSeconds;
  const upstream = await startUpstream((response, request) => {
    response.setHeader('date', new Date(now() * 1000).toUTCString());
    if (request.method === 'POST') {
      const body = request.fields.find(([name]) => name === 'body')?.[1] ?? '';
      const { data } = answerTo(request, {
        id: String(parts.length + 1),
        body,
        created: now(),
        type: 'reply_admin',
      });
      parts.push(data);
      behavior.respond(response, request, data);
    } else if (!behavior.read(response)) {
      const page = pageOf(parts, new URL(request.path, 'http://dashly'));
      answerJson(page)(response, request);
    }
  });
  const withMethod = (method: string) => upstream.requests.filter((request) => request.method === method);
  return { ...upstream, parts, behavior, posts: () => withMethod('POST'), reads: () => withMethod('GET') };
}

/** Newest first. */
function pageOf(parts: readonly RestPart[], { pathname, searchParams }: URL): object {
  const conversation = /\/conversations\/(\d+)\/parts$/.exec(pathname)?.[1];
  const [position] = JSON.parse(searchParams.get('paginate_position') ?? '[]') as (string | undefined)[];
  const older = parts
    .filter((part) => part['conversation'] === conversation)
    .filter(({ id }) => position === undefined || Number(id) < Number(position))
    .reverse();
  const page = older.slice(0, Number(searchParams.get('paginate_count') ?? 20));
  const last = page.at(-1);
  const next = last && older.length > page.length ? [last['id']] : null;
  return { data: page, meta: { status: 200, next_before_position: next } };
}
