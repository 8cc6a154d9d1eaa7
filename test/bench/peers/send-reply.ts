/** The resolver of a peer: validates the input, makes the REST call by undici and converts its response. */

import { stringify } from 'node:querystring';
import { FormData, Pool } from 'undici';
import { connections, upstream } from './peer-settings.ts';
import { toForm } from './reply-form.ts';
import type { ReplyAttachment, ReplyInput } from './reply-input.ts';
import { type ReplyResult, type RestAnswer, toInvalidResult, toResult } from './reply-result.ts';

const pool = new Pool(upstream.origin, { connections });

/** @param authorization - The header of the caller, which is forwarded. */
export async function sendReply(input: ReplyInput, authorization: string | undefined): Promise<ReplyResult> {
  const invalid = toInvalidResult(input);
  if (invalid) return invalid;
  const form = toForm(input);
  const answer = await pool.request({
    method: 'POST',
    path: `${upstream.pathname}/conversations/${input.conversationId}/reply`,
    ...(input.attachment
      ? { headers: { authorization: authorization ?? '' }, body: await toFormData(form, input.attachment) }
      : {
          headers: {
            authorization: authorization ?? '',
            'content-type': 'application/x-www-form-urlencoded',
          },
          body: stringify(form),
        }),
  });
  return toResult(input, (await answer.body.json()) as RestAnswer);
}

async function toFormData(
  form: Record<string, string>,
  { file, fileName }: ReplyAttachment,
): Promise<FormData> {
  const data = new FormData();
  for (const [name, value] of Object.entries(form)) data.append(name, value);
  const name = fileName ?? file.name;
  data.append('attachment_file_name', name);
  // undici accepts the files of Node only.
  data.append('attachment', new File([await file.arrayBuffer()], name, { type: file.type }));
  return data;
}
