/** The gateway and the sandbox share no code, but must have the same exception names. */

import { expect, test } from 'vitest';
import { exceptionNames } from '../../src/dashly/rest-failure.ts';
import { documentedErrors } from '../../src/sandbox/api/responses.ts';
import { allScenarios } from '../../src/sandbox/scenarios/scenarios.ts';

/** The names that scenarios answer with, except those whose titles say that they are undocumented. */
function namesOfScenarios(): string[] {
  return allScenarios.flatMap((scenario) => {
    if (scenario.creates || scenario.title.includes('undocumented')) return [];
    const answer = scenario.respond({ url: '' });
    if (answer.kind !== 'http' || !answer.body.startsWith('{')) return [];
    return [JSON.parse(answer.body).meta.error];
  });
}

const places: Record<string, readonly string[]> = {
  'exceptionNames in src/dashly/rest-failure.ts': exceptionNames,
  'documentedErrors in src/sandbox/api/responses.ts': Object.keys(documentedErrors),
  'a conversation in src/sandbox/scenarios': namesOfScenarios(),
};

const all = new Set(Object.values(places).flat());

test.each(Object.entries(places))('%s has every exception name', (_place, names) => {
  expect(new Set(names)).toEqual(all);
});
