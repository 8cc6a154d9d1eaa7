/** The pane for choosing files: a row for each upload path in the variables. */

import { type DragEvent, useId, useState, useSyncExternalStore } from 'react';
import { useOpenTab } from '../open-tab.ts';
import { useSession } from '../session-context.ts';
import { formatBytes } from './format-bytes.ts';
import type { UploadPath } from './upload-paths.ts';

export function FilesPane() {
  const { choices, configuration } = useSession();
  const maxBytes = configuration.attachmentMaxBytes;
  const { id: tabId, paths } = useOpenTab();
  useSyncExternalStore(choices.subscribe, choices.snapshot);
  return (
    <section className="files-pane" aria-label="Files">
      <h2>Files</h2>
      {paths.length === 0 ? (
        <p>
          This operation has no file variable. Add a variable of the type <code>Upload</code> to choose files
          here.
        </p>
      ) : (
        <>
          <ul>
            {paths.map((uploadPath) => (
              <PathRow
                // Each tab has its own files for the same path.
                key={`${tabId} ${uploadPath.path}`}
                uploadPath={uploadPath}
                files={choices.of(tabId, uploadPath.path)}
                maxBytes={maxBytes}
                onChoose={(files) => choices.choose(tabId, uploadPath.path, files)}
              />
            ))}
          </ul>
          <p>
            The files are sent with the operation. The gateway accepts up to {formatBytes(maxBytes)} per file.
          </p>
        </>
      )}
    </section>
  );
}

interface PathRowProps {
  readonly uploadPath: UploadPath;
  readonly files: readonly File[];
  readonly maxBytes: number;
  readonly onChoose: (files: readonly File[]) => void;
}

function PathRow({ uploadPath: { path, isRequired, isList }, files, maxBytes, onChoose }: PathRowProps) {
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
      <div className="upload-path">
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
