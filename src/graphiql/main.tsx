/** The entry point of the page: reads its configuration and renders GraphiQL. */

import '@graphiql/react/font/fira-code.css';
import '@graphiql/react/font/roboto.css';
import '@graphiql/react/style.css';
import '@graphiql/plugin-doc-explorer/style.css';
import '@graphiql/plugin-history/style.css';
import 'graphiql/graphiql.css';
import './explorer.css';
import './icon.svg';
import './editor/trusted-types.ts';
import './editor/monaco-workers.ts';
// GraphiQL imports these after it opens; importing them here loads them with the page.
import 'monaco-graphql/esm/lite.js';
import 'monaco-graphql/esm/monaco-editor.js';
import { createRoot } from 'react-dom/client';
import { letUploadsBeMissing } from './editor/scalar-schemas.ts';
import { Explorer } from './explorer.tsx';
import { createSession } from './explorer-session.ts';
import { readConfiguration } from './page-configuration.ts';

// The browser would open a file that is dropped outside a drop zone.
for (const type of ['dragover', 'drop']) addEventListener(type, (event) => event.preventDefault());

letUploadsBeMissing();
const element = document.getElementById('explorer');
if (element) {
  const session = createSession(readConfiguration(document), location.pathname);
  createRoot(element).render(<Explorer session={session} />);
}
