/** The script of a page that sends its file and shows the progress; the tests call its functions. */

import { fetchWithProgress } from '../../schema/fetch-with-progress.ts';
import { ReplyDocument } from '../../schema/operations.ts';
import { sendReply } from '../../schema/send-reply.ts';

export interface Upload {
  readonly progress: readonly number[];
  /** The name of the result or of the error. */
  readonly name: string;
}

export interface Answer {
  readonly status: number;
  readonly hasBody: boolean;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** How often the signal still aborts the request. */
  readonly aborts: number;
}

declare global {
  interface Window {
    send(url: string, abortAt?: number): Promise<Upload>;
    /** Sends a text, and aborts its signal after the response. */
    post(url: string): Promise<Answer>;
  }
}

window.send = async (url, abortAt = 2) => {
  const progress: number[] = [];
  const controller = new AbortController();
  const [file] = document.querySelector('input')?.files ?? [];
  if (!file) throw new Error('No file was chosen.');
  const input = { conversationId: '1', attachment: { file }, idempotencyKey: crypto.randomUUID() };
  const onProgress = (sent: number) => {
    progress.push(sent);
    if (sent >= abortAt) controller.abort();
  };
  const headers = { authorization: 'Token sandbox' };
  const name = await sendReply(ReplyDocument, input, {
    url,
    headers,
    onProgress,
    signal: controller.signal,
  }).then(
    ({ __typename }) => __typename,
    (error: Error) => error.name,
  );
  return { progress, name };
};

window.post = async (url) => {
  const controller = new AbortController();
  const send = fetchWithProgress(() => {});
  const { status, body, headers } = await send(url, {
    method: 'POST',
    body: 'Hi',
    signal: controller.signal,
  });
  let aborts = 0;
  XMLHttpRequest.prototype.abort = () => {
    aborts += 1;
  };
  controller.abort();
  return { status, hasBody: body !== null, headers: [...headers], aborts };
};
