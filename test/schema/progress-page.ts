/** The script of a page that sends its file and shows the progress; the tests call its function. */

import { ReplyDocument } from '../../schema/operations.ts';
import { sendReply } from '../../schema/send-reply.ts';

export interface Upload {
  readonly progress: readonly number[];
  /** The name of the result or of the error. */
  readonly name: string;
}

declare global {
  interface Window {
    send(url: string, abortAt?: number): Promise<Upload>;
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
