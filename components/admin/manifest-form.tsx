"use client";

import { FileArchive, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import { apiPost } from "@/components/data/api";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { IconButton } from "@/components/ui/icon-button";
import { formatBytes } from "@/lib/kernel/format";
import { DraftCard } from "./draft-card";
import { ManifestEditor, selectLine } from "./manifest-editor";
import { ManifestProblems } from "./manifest-problems";
import { useWrite } from "./use-write";

export interface ManifestFormProps {
  from: string;
  /** Digest of that version as it is shown here: another content must not come along unseen. */
  digest: string;
  source: string;
  /** How many files of that version come along. */
  files: number;
  bases: readonly { value: string; label: string }[];
}

/** Writes a manifest or sends an archive, and shows every problem with its line. */
export function ManifestForm({ from, digest, source, files, bases }: ManifestFormProps) {
  const router = useRouter();
  const editor = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(source);
  const [archive, setArchive] = useState<File>();
  const query = from && files > 0 ? { filesFrom: from, filesDigest: digest } : {};
  const write = useWrite(
    () => apiPost("/templates", archive ? { body: typed(archive) } : { query, body: text }),
    {
      success: (made) => `Draft ${made.name} ${made.version} saved`,
      onSuccess: (made) => router.push(`/admin/templates/${made.name}/${encodeURIComponent(made.version)}`),
      onProblem: (problem) => problem.status === 422 || problem.status === 409,
    },
  );
  const problem = write.problem?.status === 422 ? write.problem : undefined;
  const outdated = write.problem?.status === 409 ? write.problem : undefined;
  const lines = archive ? [] : (problem?.errors.flatMap((one) => (one.line ? [one.line] : [])) ?? []);

  return (
    <form
      className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]"
      onSubmit={(event) => {
        event.preventDefault();
        void write.run();
      }}
    >
      <div className="grid min-w-0 gap-4">
        {problem ? (
          <ManifestProblems
            problem={problem}
            onJump={archive ? undefined : (line) => selectLine(editor.current, line)}
          />
        ) : null}
        {outdated ? (
          <Callout tone="warning" title="Draft not saved">
            {outdated.detail}
          </Callout>
        ) : null}
        {archive ? (
          <ArchiveCard archive={archive} onRemove={() => setArchive(undefined)} />
        ) : (
          <ManifestEditor ref={editor} value={text} onChange={setText} marked={lines} />
        )}
      </div>
      <aside className="grid gap-4 lg:sticky lg:top-20">
        <DraftCard
          {...{ from, files, bases }}
          onArchive={setArchive}
          pending={write.pending}
          empty={!archive && text.trim() === ""}
        />
      </aside>
    </form>
  );
}

function ArchiveCard({ archive, onRemove }: { archive: File; onRemove: () => void }) {
  return (
    <Card>
      <div className="flex items-center gap-3">
        <FileArchive className="size-5 text-muted" aria-hidden />
        <div className="min-w-0 flex-1">
          <p className="truncate font-semibold">{archive.name}</p>
          <p className="text-xs text-muted">
            {formatBytes(archive.size)} · template.yaml at the root is the manifest
          </p>
        </div>
        <IconButton label="Remove archive" onClick={onRemove}>
          <X aria-hidden />
        </IconButton>
      </div>
    </Card>
  );
}

/** Browsers know too few archives by their names: the API is told which kind it gets. */
function typed(archive: File): Blob {
  return archive.slice(0, archive.size, archiveType(archive.name));
}

function archiveType(name: string): string {
  if (/\.zip$/i.test(name)) return "application/zip";
  return /\.tar$/i.test(name) ? "application/x-tar" : "application/gzip";
}
