/** Takes a request whose body is JSON. */

import type { GraphQLParams } from 'graphql-yoga';
import type { Take } from './accepted-request.ts';
import { askForBody } from './ask-for-body.ts';
import { askYoga } from './ask-yoga.ts';
import type { Yoga } from './create-yoga.ts';
import { createHotPath, type HotPathOptions } from './hot-path.ts';
import { maxJsonBytes } from './max-json-bytes.ts';
import { parseParams } from './parse-params.ts';
import { readBody } from './read-body.ts';
import { sendError } from './send-error.ts';
import type { ResolveDocument } from './trusted-documents.ts';

export interface TakeJsonOptions extends HotPathOptions {
  readonly yoga: Yoga;
  readonly resolveDocument: ResolveDocument;
}

export function createTakeJson(options: TakeJsonOptions): Take {
  const { yoga, resolveDocument } = options;
  const hotPath = createHotPath(options);

  return async (request) => {
    const { req, res } = request;
    const body = await readBody(req, maxJsonBytes, () => askForBody(request));
    if (body.kind === 'aborted') return;
    if (body.kind === 'notUtf8') {
      return sendError(req, res, 400, 'The body of the request is not valid UTF-8.');
    }
    if (body.kind === 'tooLarge') {
      return sendError(req, res, 413, `The body of the request is larger than ${maxJsonBytes} bytes.`);
    }
    const read = attempt(() => resolveDocument(parseParams(body.text)));
    if (read.value && (await hotPath.answer(read.value, request))) return;
    const readParams = (): GraphQLParams => {
      if (read.value) return read.value;
      throw read.error;
    };
    await askYoga(yoga, { ...request, readParams, wholeRequest: null });
    hotPath.learn(req, res);
  };
}

type Attempt<Value> =
  | { readonly value: Value; readonly error?: never }
  | { readonly value?: never; readonly error: unknown };

/** What is thrown is for Yoga to tell, by the form of answer that the client accepts. */
function attempt<Value>(make: () => Value): Attempt<Value> {
  try {
    return { value: make() };
  } catch (error) {
    return { error };
  }
}
