/** Answers the parameters of a POST: on the fast path if their document is known, otherwise with Yoga. */

import type { GraphQLParams } from 'graphql-yoga';
import { createFastPath, type FastPathOptions } from './fast-path.ts';
import type { GraphQLRequest, Upload } from './graphql-request.ts';
import type { Yoga } from './yoga.ts';
import { respondByYoga } from './yoga.ts';

/** `requestBytes` is the length of the parameters in JSON. If `read` throws, Yoga sends the error in the media type that the client accepts. */
export type AnswerParams = (
  request: GraphQLRequest,
  requestBytes: number,
  read: () => GraphQLParams,
  upload: Upload | null,
) => Promise<void>;

export interface AnswerParamsOptions extends FastPathOptions {
  readonly yoga: Yoga;
}

export function createAnswerParams(options: AnswerParamsOptions): AnswerParams {
  const { yoga } = options;
  const fastPath = createFastPath(options);

  return async (request, requestBytes, read, upload) => {
    const { value: params, error } = attempt(read);
    if (params && (await fastPath.answer(params, requestBytes, request, upload))) return;
    const readParams = (): GraphQLParams => {
      if (params) return params;
      throw error;
    };
    const files = upload?.files ?? [];
    const wholeRequest = upload?.whole ?? null;
    await respondByYoga(yoga, { ...request, readParams, requestBytes, files, wholeRequest });
    fastPath.learn(request.req, request.res);
  };
}

type Attempt<Value> =
  | { readonly value: Value; readonly error?: never }
  | { readonly value?: never; readonly error: unknown };

function attempt<Value>(compute: () => Value): Attempt<Value> {
  try {
    return { value: compute() };
  } catch (error) {
    return { error };
  }
}
