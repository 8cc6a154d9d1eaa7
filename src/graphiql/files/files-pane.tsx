/** The pane for choosing files: a row for each upload place in the variables. */

import { type DragEvent, useId, useState, useSyncExternalStore } from 'react';
import { useOpenTab } from '../open-tab.ts';
import { useSession } from '../session-context.ts';
import { formatBytes } from './format-bytes.ts';
import type { UploadPlace } from './upload-places.ts';

export function FilesPane() {
  const { choices, configuration } = useSession();
  const maxBytes = configuration.attachmentMaxBytes;
  const { id: tabId, places } = useOpenTab();
  useSyncExternalStore(choices.subscribe, choices.snapshot);
  return (
    <section className="files-pane" aria-label="Files">
      <h2>Files</h2>
      {places.length === 0 ? (
        <p>
          This operation takes no file. Give it a variable of the type <code>Upload</code>, and its place
          appears here.
        </p>
      ) : (
        <>
          <ul>
            {places.map((place) => (
              <PlaceRow
                // Each tab has its own files for the same path.
                key={`${tabId} ${place.path}`}
                place={place}
                files={choices.of(tabId, place.path)}
                maxBytes={maxBytes}
                onChoose={(files) => choices.choose(tabId, place.path, files)}
              />
            ))}
          </ul>
          <p>
            Run the operation, and the files are sent with it. The gateway takes up to {formatBytes(maxBytes)}{' '}
            for each.
          </p>
        </>
      )}
    </section>
  );
}

interface PlaceRowProps {
  readonly place: UploadPlace;
  readonly files: readonly File[];
  readonly maxBytes: number;
  readonly onChoose: (files: readonly File[]) => void;
}

function PlaceRow({ place: { path, isRequired, isList }, files, maxBytes, onChoose }: PlaceRowProps) {
  const id = useId();
  const [isOver, setIsOver] = useState(false);
  const add = (chosen: FileList | null) => {
    const added = [...(chosen ?? [])];
    if (added.length > 0) onChoose(isList ? [...files, ...added] : added.slice(0, 1));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    add(event.dataTransfer.files);
  };
  return (
    <li>
      <div className="place-name">
        <label htmlFor={id}>
          <code>${path}</code>
        </label>
        {isRequired && files.length === 0 && <span>required</span>}
      </div>
      {files.map((file, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: one file can be chosen twice
        <div className="chosen-file" key={index}>
          <span className="file-name" title={file.name}>
            {file.name}
          </span>
          <span className="file-size">{formatBytes(file.size)}</span>
          <button
            type="button"
            aria-label={`Remove ${file.name}`}
            onClick={() => onChoose(files.filter((other) => other !== file))}
          >
            Remove
          </button>
          {file.size > maxBytes && (
            <p role="status">
              Larger than the limit of the gateway: the result will be AttachmentTooBigError.
            </p>
          )}
        </div>
      ))}
      <div className={isOver ? 'drop-zone is-over' : 'drop-zone'}>
        {/* Transparent and above the visible text, so that it receives clicks, keys and dropped files. */}
        <input
          id={id}
          type="file"
          multiple={isList}
          onChange={(event) => {
            add(event.currentTarget.files);
            // Allows the user to choose the same file again after removing it.
            event.currentTarget.value = '';
          }}
          onDragEnter={() => setIsOver(true)}
          onDragLeave={() => setIsOver(false)}
          onDrop={drop}
        />
        <span aria-hidden="true">
          {files.length > 0 && !isList ? 'Choose another file' : 'Choose a file'}, or drop it here
        </span>
      </div>
    </li>
  );
}
