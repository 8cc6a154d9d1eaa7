/** All scenarios of the sandbox: the id of a conversation selects what Dashly does. */
import { brokenConnectionScenarios } from './broken-connections.ts';

import { failureScenarios, refusalScenarios } from './errors.ts';
import type { Scenario } from './scenario.ts';
import { successScenarios } from './success.ts';
import { unreadableScenarios } from './unreadable-responses.ts';

/** The scenarios under their headings, in the order in which they are listed. */
export const scenarioGroups: ReadonlyArray<{ heading: string; scenarios: readonly Scenario[] }> = [
  { heading: 'Dashly creates the reply and says so', scenarios: successScenarios },
  { heading: 'Dashly refuses: nothing is created', scenarios: refusalScenarios },
  { heading: 'Dashly or a proxy before it fails', scenarios: failureScenarios },
  { heading: 'The answer cannot be read as what it should be', scenarios: unreadableScenarios },
  { heading: 'The connection breaks, or nothing more comes', scenarios: brokenConnectionScenarios },
];

export const allScenarios: readonly Scenario[] = scenarioGroups.flatMap(({ scenarios }) => scenarios);

/** Undefined if there is none: Dashly responds `LookupError` then. */
export function findScenario(conversationId: string): Scenario | undefined {
  return allScenarios.find(({ id }) => id === conversationId);
}
