/** The conditions that `@skip` and `@include` put on a selection. */

import { type DirectiveNode, Kind, type SelectionNode } from 'graphql';
import type { Variables } from './variables.ts';

/** A variable must have this value. */
export interface Condition {
  readonly variable: string;
  readonly value: boolean;
}

/** All must hold. Without conditions, the selection is always included. */
export type Conditions = readonly Condition[];

export const noConditions: Conditions = Object.freeze([]);

/** The conditions of a selection itself; null if it is never included. */
export function conditionsOf({ directives = [] }: SelectionNode): Conditions | null {
  let conditions = noConditions;
  for (const directive of directives) {
    const name = directive.name.value;
    if (name !== 'skip' && name !== 'include') continue;
    const wanted = name === 'include';
    const value = argumentOf(directive);
    if (value.kind === Kind.VARIABLE)
      conditions = both(conditions, [{ variable: value.name.value, value: wanted }]);
    else if (value.kind !== Kind.BOOLEAN) throw new NotPlannable();
    else if (value.value !== wanted) return null;
  }
  return conditions;
}

function argumentOf({ arguments: [argument] = [] }: DirectiveNode) {
  if (!argument) throw new NotPlannable();
  return argument.value;
}

/** Combines two lists of conditions. */
export function both(first: Conditions, second: Conditions): Conditions {
  if (first.length === 0) return second;
  const others = without(second, first);
  return others.length === 0 ? first : [...first, ...others];
}

/** The conditions that remain if `known` hold. */
export function without(conditions: Conditions, known: Conditions): Conditions {
  if (conditions.length === 0) return noConditions;
  return conditions.filter(
    ({ variable, value }) => !known.some((it) => it.variable === variable && it.value === value),
  );
}

/** Whether all hold. */
export function hold(conditions: Conditions, variables: Variables): boolean {
  for (const { variable, value } of conditions) if (variables[variable] !== value) return false;
  return true;
}

/** Thrown during planning if graphql-js must execute the operation. */
export class NotPlannable extends Error {}
