/** Reads which parameters Dashly rejected, and names them as the GraphQL input does. */

import type { ReplyIssue } from '../conversation/reply-outcome.ts';

const from = ['from'] as const;

const pathsByParameter = new Map<string, readonly string[]>([
  ['id', ['conversationId']],
  ['body', ['body']],
  ['body_json', ['bodyJson']],
  ['attachment', ['attachment', 'file']],
  ['attachment_file_name', ['attachment', 'fileName']],
  ['from_user', from],
  ['from_admin', from],
  ['type', ['type']],
  ['external_id', ['externalId']],
  ['random_id', ['randomId']],
  ['auto_assign', ['autoAssign', 'adminId']],
  ['auto_assign_random_id', ['autoAssign', 'randomId']],
  ['referrer', ['referrer']],
  ['actions', ['actions']],
]);

/**
 * One issue for each known parameter. The shape of `error_fields` is undocumented: an object whose keys are parameters, a list of names and
 * a single name are accepted. Its texts are not passed on.
 */
export function issuesFromErrorFields(errorFields: unknown): readonly ReplyIssue[] {
  const paths = namesIn(errorFields).flatMap((name) => {
    const path = pathsByParameter.get(name);
    return path ? [path] : [];
  });
  return [...new Set(paths)].map((path) => ({
    path,
    message: `Dashly rejected the value of ${path.join('.')}.`,
  }));
}

function namesIn(errorFields: unknown): readonly string[] {
  if (typeof errorFields === 'string') return [errorFields];
  if (Array.isArray(errorFields)) return errorFields.filter((name) => typeof name === 'string');
  return typeof errorFields === 'object' && errorFields !== null ? Object.keys(errorFields) : [];
}
