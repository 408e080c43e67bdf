"use client";

import { FileArchive, X } from "lucide-react";
import { useRouter } from "next/navigation";
import { useRef, useState } from "react";
import type { ApiProblem } from "@/components/data/api";
import { Button } from "@/components/ui/button";
import { Callout } from "@/components/ui/callout";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { NativeSelect } from "@/components/ui/native-select";
import type { ImportedVersion } from "@/lib/features/catalog/schema";
import { formatBytes, formatCount } from "@/lib/kernel/format";
import { ManifestEditor, selectLine } from "./manifest-editor";
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
  const write = useWrite<ImportedVersion>({
    success: (made) => `Draft ${made.name} ${made.version} saved`,
    onSuccess: (made) => router.push(`/admin/templates/${made.name}/${encodeURIComponent(made.version)}`),
    onProblem: (problem) => problem.status === 422 || problem.status === 409,
  });
  const problem = write.problem?.status === 422 ? write.problem : undefined;
  const outdated = write.problem?.status === 409 ? write.problem : undefined;
  const lines = archive ? [] : (problem?.errors.flatMap((one) => (one.line ? [one.line] : [])) ?? []);

  function save() {
    const query =
      from && files > 0 ? `?${new URLSearchParams({ filesFrom: from, filesDigest: digest })}` : "";
    if (!archive) return void write.run(`/templates${query}`, { method: "POST", body: text });
    void write.run("/templates", {
      method: "POST",
      body: archive,
      headers: { "content-type": archiveType(archive.name) },
    });
  }

  return (
    <form
      className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_20rem]"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className="grid min-w-0 gap-4">
        {problem ? (
          <Problems
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
          <Card>
            <div className="flex items-center gap-3">
              <FileArchive className="size-5 text-muted" aria-hidden />
              <div className="min-w-0 flex-1">
                <p className="truncate font-semibold">{archive.name}</p>
                <p className="text-xs text-muted">
                  {formatBytes(archive.size)} · template.yaml at the root is the manifest
                </p>
              </div>
              <Button
                variant="ghost"
                size="icon-sm"
                aria-label="Remove archive"
                onClick={() => setArchive(undefined)}
              >
                <X aria-hidden />
              </Button>
            </div>
          </Card>
        ) : (
          <ManifestEditor ref={editor} value={text} onChange={setText} marked={lines} />
        )}
      </div>
      <aside className="grid gap-4 lg:sticky lg:top-20">
        <Card title="Draft">
          <div className="grid gap-4">
            <Field
              label="Start from"
              hint={
                from
                  ? `Increase spec.version before saving.${files > 0 ? ` Includes ${formatCount(files, "file")} of that version.` : ""}`
                  : "Copies the manifest and its files"
              }
            >
              {(control) => (
                <NativeSelect
                  {...control}
                  value={from}
                  onChange={(event) =>
                    router.replace(
                      event.target.value
                        ? `/admin/templates/new?from=${encodeURIComponent(event.target.value)}`
                        : "/admin/templates/new",
                    )
                  }
                >
                  <option value="">Blank template</option>
                  {bases.map((base) => (
                    <option key={base.value} value={base.value}>
                      {base.label}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
            <Field
              label="Files (archive)"
              optional
              hint=".tar.gz, .tar or .zip with template.yaml and its files. Max 20 MiB."
            >
              {(control) => (
                <input
                  {...control}
                  type="file"
                  accept=".zip,.tar,.tgz,.gz"
                  className="w-full text-sm text-muted file:mr-3 file:h-8.5 file:rounded-control file:border file:border-line-strong file:bg-panel file:px-3 file:text-sm file:font-semibold file:text-ink"
                  onChange={(event) => setArchive(event.target.files?.[0])}
                />
              )}
            </Field>
            <Button
              type="submit"
              variant="accent"
              loading={write.pending}
              disabled={!archive && text.trim() === ""}
            >
              Validate and save draft
            </Button>
          </div>
        </Card>
      </aside>
    </form>
  );
}

function Problems({ problem, onJump }: { problem: ApiProblem; onJump?: (line: number) => void }) {
  return (
    <Callout tone="bad" title={problem.detail ?? problem.title}>
      <ul className="mt-1.5 grid gap-1.5">
        {problem.errors.map((one, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a fixed list of complaints
          <li key={index} className="grid gap-x-3 sm:grid-cols-[4.5rem_1fr]">
            {one.line && onJump ? (
              <button
                type="button"
                className="justify-self-start rounded-sm text-left font-semibold text-bad-ink underline tabular"
                onClick={() => onJump(one.line ?? 1)}
              >
                Line {one.line}
              </button>
            ) : (
              <span className="font-semibold text-bad-ink tabular">
                {one.line ? `Line ${one.line}` : "File"}
              </span>
            )}
            <span className="min-w-0">
              {one.path ? (
                <code className="mr-1.5 font-mono text-xs break-all text-ink">{one.path}</code>
              ) : null}
              {one.message}
            </span>
          </li>
        ))}
      </ul>
    </Callout>
  );
}

function archiveType(name: string): string {
  if (/\.zip$/i.test(name)) return "application/zip";
  return /\.tar$/i.test(name) ? "application/x-tar" : "application/gzip";
}
