/** Has the parameters of a POST answered: the short way where their document is known, else by Yoga. */

import type { GraphQLParams } from 'graphql-yoga';
import type { AcceptedRequest, Upload } from './accepted-request.ts';
import { askYoga } from './ask-yoga.ts';
import type { Yoga } from './create-yoga.ts';
import { createHotPath, type HotPathOptions } from './hot-path.ts';

/** What `read` throws is for Yoga to tell, by the form of answer that the client accepts. */
export type AnswerParams = (
  request: AcceptedRequest,
  read: () => GraphQLParams,
  upload: Upload | null,
) => Promise<void>;

export interface AnswerParamsOptions extends HotPathOptions {
  readonly yoga: Yoga;
}

export function createAnswerParams(options: AnswerParamsOptions): AnswerParams {
  const { yoga } = options;
  const hotPath = createHotPath(options);

  return async (request, read, upload) => {
    const { value: params, error } = attempt(read);
    if (params && (await hotPath.answer(params, request, upload))) return;
    const readParams = (): GraphQLParams => {
      if (params) return params;
      throw error;
    };
    const files = upload?.files ?? [];
    await askYoga(yoga, { ...request, readParams, files, wholeRequest: upload?.whole ?? null });
    hotPath.learn(request.req, request.res);
  };
}

type Attempt<Value> =
  | { readonly value: Value; readonly error?: never }
  | { readonly value?: never; readonly error: unknown };

function attempt<Value>(make: () => Value): Attempt<Value> {
  try {
    return { value: make() };
  } catch (error) {
    return { error };
  }
}
