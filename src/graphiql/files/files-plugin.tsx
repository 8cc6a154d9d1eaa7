/** The GraphiQL plugin that opens the files pane: a paper clip in the sidebar. */

import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from '@graphiql/react';
import { type SVGProps, useEffect, useRef, useSyncExternalStore } from 'react';
import { useOpenTab } from '../open-tab.ts';
import { useSession } from '../session-context.ts';
import { FilesPane } from './files-pane.tsx';

export const filesPlugin: GraphiQLPlugin = { title: 'Files', icon: PaperClip, content: FilesPane };

/** Ids of tabs that opened the pane or found a pane open. It opens once per tab, so that a closed pane stays closed. */
const seenTabs = new Set<string>();

/** The icon is the only part of a plugin that is always mounted, so it also copies the active tab to the session. */
function PaperClip(props: SVGProps<SVGSVGElement>) {
  const session = useSession();
  const { choices } = session;
  const icon = useRef<SVGSVGElement>(null);
  const { id, schema, paths } = useOpenTab();
  const { introspect } = useGraphiQLActions();
  const isPluginOpen = useGraphiQL((state) => state.visiblePlugin !== null);
  useSyncExternalStore(choices.subscribe, choices.snapshot);

  useEffect(() => {
    Object.assign(session, { openTab: { id, schema }, introspect });
  }, [session, id, schema, introspect]);
  useEffect(() => {
    if (paths.length === 0 || seenTabs.has(id)) return;
    seenTabs.add(id);
    // GraphiQL shows a pane only if its button is clicked; `setVisiblePlugin` alone keeps it hidden.
    if (!isPluginOpen) icon.current?.closest('button')?.click();
  }, [id, paths, isPluginOpen]);

  const isWaiting = paths.some(
    ({ path, isRequired }) => isRequired && !path.includes('.') && choices.of(id, path).length === 0,
  );
  return (
    <svg ref={icon} viewBox="0 0 24 24" height="1em" fill="none" aria-hidden="true" {...props}>
      <path
        d="M20.5 11.2l-8.6 8.6a5.4 5.4 0 0 1-7.7-7.7l8.9-8.9a3.6 3.6 0 0 1 5.1 5.1l-8.9 8.9a1.8 1.8 0 0 1-2.6-2.6l8.2-8.2"
        stroke="currentColor"
        strokeWidth="1.5"
      />
      {isWaiting && <circle className="waiting-dot" cx="20" cy="4" r="4" />}
    </svg>
  );
}
