/** Objects that take any name as a key, `__proto__` as well. */

/**
 * As good as `Object.create(null)`, for which V8 makes a hash table: several of these in each request, and `JSON.stringify` takes three
 * times as long for them.
 */
export const NameTable = function NameTable() {} as unknown as new () => Record<string, unknown>;
NameTable.prototype = Object.create(null);
