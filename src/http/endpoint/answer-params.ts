/** Has the parameters of a POST answered: the short way where their document is known, else by Yoga. */

import type { GraphQLParams } from 'graphql-yoga';
import { askYoga } from './ask-yoga.ts';
import { createHotPath, type HotPathOptions } from './fast-path.ts';
import type { AcceptedRequest, Upload } from './graphql-request.ts';
import type { Yoga } from './yoga.ts';

/** `requestBytes` is the length of the parameters in JSON. What `read` throws is for Yoga to tell, by the form of answer that the client accepts. */
export type AnswerParams = (
  request: AcceptedRequest,
  requestBytes: number,
  read: () => GraphQLParams,
  upload: Upload | null,
) => Promise<void>;

export interface AnswerParamsOptions extends HotPathOptions {
  readonly yoga: Yoga;
}

export function createAnswerParams(options: AnswerParamsOptions): AnswerParams {
  const { yoga } = options;
  const hotPath = createHotPath(options);

  return async (request, requestBytes, read, upload) => {
    const { value: params, error } = attempt(read);
    if (params && (await hotPath.answer(params, requestBytes, request, upload))) return;
    const readParams = (): GraphQLParams => {
      if (params) return params;
      throw error;
    };
    const files = upload?.files ?? [];
    const wholeRequest = upload?.whole ?? null;
    await askYoga(yoga, { ...request, readParams, requestBytes, files, wholeRequest });
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
