/** Builds the values of an enum from a list of names and their descriptions. */

/** Returns the `values` of Pothos' `enumType`. The compiler requires exactly one description for each value. */
export function describeValues<const Values extends readonly string[]>(
  values: Values,
  descriptions: Readonly<Record<Values[number], string>>,
): Record<Values[number], { description: string }> {
  const described = values.map((value: Values[number]) => [value, { description: descriptions[value] }]);
  return Object.fromEntries(described) as Record<Values[number], { description: string }>;
}
