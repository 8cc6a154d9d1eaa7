/** What the editor of variables takes for right: a file is chosen elsewhere, so its place may be empty. */

import { languages } from 'monaco-graphql/esm/monaco-editor.js';

const title = 'Upload';

/** JSON Schemas of the scalars that are neither texts nor numbers. */
export const scalarSchemas = {
  JSONObject: { type: ['object' as const] },
  Upload: { title, type: 'null' as const, description: 'Choose the file with the paper clip on the left.' },
};

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly title?: string }>>;
  readonly required?: readonly string[];
  readonly definitions?: Readonly<Record<string, ObjectSchema>>;
}

/** GraphiQL makes a JSON Schema of the variables, in which whatever is not nullable is required. */
export function letUploadsBeMissing(): void {
  const { jsonDefaults } = languages.json;
  const setOptions = jsonDefaults.setDiagnosticsOptions.bind(jsonDefaults);
  jsonDefaults.setDiagnosticsOptions = ({ schemas = [], ...options }) =>
    setOptions({
      ...options,
      schemas: schemas.map((entry) => ({ ...entry, schema: withoutUploads(entry.schema ?? {}) })),
    });
}

function withoutUploads(schema: ObjectSchema): ObjectSchema {
  const { properties = {}, required = [], definitions = {} } = schema;
  return {
    ...schema,
    required: required.filter((name) => properties[name]?.title !== title),
    definitions: Object.fromEntries(
      Object.entries(definitions).map(([name, definition]) => [name, withoutUploads(definition)]),
    ),
  };
}
