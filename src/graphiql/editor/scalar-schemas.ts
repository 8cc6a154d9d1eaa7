/** Validation in the variables editor: an upload may be missing, because its file is chosen in the files pane. */

import { languages } from 'monaco-graphql/esm/monaco-editor.js';

const title = 'Upload';

/** JSON Schemas of the scalars that are neither strings nor numbers. */
export const scalarSchemas = {
  JSONObject: { type: ['object' as const] },
  Upload: { title, type: 'null' as const, description: 'Choose the file with the paper clip.' },
};

interface ObjectSchema {
  readonly properties?: Readonly<Record<string, { readonly title?: string }>>;
  readonly required?: readonly string[];
  readonly definitions?: Readonly<Record<string, ObjectSchema>>;
}

/** Makes uploads optional in the JSON Schema that GraphiQL generates for the variables: it requires all non-null fields. */
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
