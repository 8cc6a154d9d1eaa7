/** Converts values that resolvers return to parts of the response, one function for each kind of type. */

import {
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLOutputType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { type Complete, FieldInfo, type FieldPlan } from './field-info.ts';
import { completeOrNull, isPromise, runFields } from './run.ts';

/** For a non-null type. */
export function completeNonNull(complete: Complete): Complete {
  return (value, info) => {
    const completed = complete(value, info);
    if (completed !== null) return completed;
    throw new Error(`Cannot return null for non-nullable field ${info.parentType.name}.${info.fieldName}.`);
  };
}

/** For a list, whose items may be promises. */
export function completeList(itemType: GraphQLOutputType, complete: Complete): Complete {
  return (value, info) => {
    if (value == null) return null;
    if (!isIterable(value)) {
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${info.parentType.name}.${info.fieldName}".`,
      );
    }
    const items: unknown[] = [];
    let hasPromise = false;
    try {
      for (const item of value) {
        const itemInfo = new FieldInfo(info.run, info.field, info, items.length);
        const completed = completeOrNull(complete, item, itemType, itemInfo);
        if (isPromise(completed)) hasPromise = true;
        items.push(completed);
      }
    } catch (error) {
      // The list fails now; later rejections of its promises must be handled.
      Promise.allSettled(items);
      throw error;
    }
    return hasPromise ? Promise.all(items) : items;
  };
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

/** All fields of one type share it. */
const leaves = new WeakMap<GraphQLOutputType, Complete>();

/** For a scalar or an enum, or a list of those. */
export function completeLeaf(type: GraphQLOutputType): Complete {
  const known = leaves.get(type);
  if (known) return known;
  const complete = createCompleteLeaf(type);
  leaves.set(type, complete);
  return complete;
}

function createCompleteLeaf(type: GraphQLOutputType): Complete {
  if (isNonNullType(type)) return completeNonNull(completeLeaf(type.ofType));
  if (isListType(type)) return completeList(type.ofType, completeLeaf(type.ofType));
  if (!isLeafType(type)) throw new TypeError(`${type.name} is not a leaf type.`);
  return (value) => {
    if (value == null) return null;
    const serialized = type.serialize(value);
    if (serialized == null) throw new Error(`${type.name} serialized a value to nothing.`);
    return serialized;
  };
}

/** For an object type. */
export function completeObject(fields: readonly FieldPlan[]): Complete {
  return (value, info) => (value == null ? null : runFields(fields, value, info.run, info));
}

/** For an interface or a union: `fieldsByType` has the fields of each possible type. */
export function completeAbstract(
  type: GraphQLAbstractType,
  resolveType: NonNullable<GraphQLAbstractType['resolveType']>,
  fieldsByType: ReadonlyMap<string, readonly FieldPlan[]>,
): Complete {
  return (value, info) => {
    if (value == null) return null;
    const completeAs = (name: string | undefined) => {
      const fields = name === undefined ? undefined : fieldsByType.get(name);
      if (fields) return runFields(fields, value, info.run, info);
      throw new Error(
        `"${name}" is not a possible type of ${type.name}, for field "${info.parentType.name}.${info.fieldName}".`,
      );
    };
    const name = resolveType(value, info.run.context, info, type);
    return isPromise(name) ? name.then(completeAs) : completeAs(name);
  };
}
