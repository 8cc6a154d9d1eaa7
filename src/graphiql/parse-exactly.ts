/** Parses JSON without rounding numbers, if the browser supports it: `JSON.stringify` then prints all their digits. */

export function parseExactly(text: string): unknown {
  const canShow: unknown = Reflect.get(JSON, 'rawJSON');
  if (!canShow) return JSON.parse(text);
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? JSON.rawJSON(source)
      : value,
  );
}
