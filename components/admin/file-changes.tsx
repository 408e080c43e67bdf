import { apiHref } from "@/components/data/api-href";
import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import type { FileDiff, VersionDiff } from "@/lib/features/catalog/schema";
import { formatBytes } from "@/lib/kernel/format";
import { escapeLine } from "@/lib/kernel/text";
import { DiffLines } from "./manifest-diff";

const changeWords = { added: "Added", changed: "Changed", removed: "Removed" } as const;
const changeTones = { added: "good", changed: "warning", removed: "bad" } as const;

/** Where a file of exactly this content of a version is downloaded. */
export function fileHref(of: { template: string; version: string; digest: string }, path: string): string {
  return apiHref("/templates/{name}/versions/{version}/files/{path}", {
    path: { name: of.template, version: of.version, path: path.split("/") },
    query: { download: "true", digest: of.digest },
  });
}

/** How many files changed, in words: "2 added, 1 changed". Empty when none did. */
export function fileChangeWords(files: readonly Pick<FileDiff, "change">[]): string {
  return (["added", "changed", "removed"] as const)
    .map((change) => ({ change, count: files.filter((file) => file.change === change).length }))
    .filter(({ count }) => count > 0)
    .map(({ change, count }) => `${count} ${change}`)
    .join(", ");
}

/** Every file that a version adds, changes or removes, with its lines, or why they are not shown. */
export function FileChanges({ template, diff }: { template: string; diff: VersionDiff }) {
  const { before, after, files } = diff;
  const sides = {
    before:
      before.version && before.digest ? { template, version: before.version, digest: before.digest } : null,
    after: { template, version: after.version, digest: after.digest },
  };
  return files.map((file) => (
    <Card key={file.path} flush>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b px-4 py-2.5">
        <Badge tone={changeTones[file.change]}>{changeWords[file.change]}</Badge>
        <h3 className="min-w-0 font-mono text-sm font-semibold break-all">{escapeLine(file.path)}</h3>
        <span className="text-xs text-muted">{factsOf(file)}</span>
        <span className="ml-auto flex gap-3 text-sm">
          {file.before && sides.before ? (
            <Download href={fileHref(sides.before, file.path)} label={`Download ${before.version}`} />
          ) : null}
          {file.after ? (
            <Download href={fileHref(sides.after, file.path)} label={`Download ${after.version}`} />
          ) : null}
        </span>
      </div>
      <Body file={file} />
    </Card>
  ));
}

function Download({ href, label }: { href: string; label: string }) {
  return (
    <a href={href} className="underline underline-offset-2">
      {label}
    </a>
  );
}

function factsOf({ before, after }: FileDiff): string {
  const [old, now] = [before, after].map((side) => (side ? formatBytes(side.sizeBytes) : null));
  const sizes = old && now && old !== now ? `${old} → ${now}` : (now ?? old ?? "");
  if (before && after && before.executable !== after.executable) {
    return `${sizes} · ${after.executable ? "now executable" : "no longer executable"}`;
  }
  return (after ?? before)?.executable ? `${sizes} · executable` : sizes;
}

function Body({ file }: { file: FileDiff }) {
  if (file.comparison === "text") {
    if (file.lines.length > 0) return <DiffLines lines={file.lines} label={`Changes in ${file.path}`} />;
    return <Note text={file.change === "changed" ? "The content is the same." : "The file is empty."} />;
  }
  if (file.comparison === "restricted") return <Note text="Only reviewers can see file contents." />;
  const text =
    file.comparison === "binary"
      ? "Not a text file. Download it to review it."
      : "Too large to show. Download it to review it.";
  return (
    <div className="grid gap-2 px-4 py-4 text-sm">
      <p className="text-muted">{text}</p>
      {(["before", "after"] as const).map((side) => {
        const facts = file[side];
        return facts ? (
          <p key={side} className="font-mono text-xs break-all">
            {side === "before" ? "Before" : "After"}: SHA-256 {facts.sha256}
          </p>
        ) : null;
      })}
    </div>
  );
}

function Note({ text }: { text: string }) {
  return <p className="px-4 py-4 text-sm text-muted">{text}</p>;
}
