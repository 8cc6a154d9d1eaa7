/** Gives each value of a list its description, so that an enum has all values of the list and no other. */

/** Shape for Pothos' `enumType`; a value without a description, or a description without a value, does not compile. */
export function describeValues<const Values extends readonly string[]>(
  values: Values,
  descriptions: Readonly<Record<Values[number], string>>,
): Record<Values[number], { description: string }> {
  const described = values.map((value: Values[number]) => [value, { description: descriptions[value] }]);
  return Object.fromEntries(described) as Record<Values[number], { description: string }>;
}
