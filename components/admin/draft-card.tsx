"use client";

import { useRouter } from "next/navigation";
import { Card } from "@/components/ui/card";
import { Field } from "@/components/ui/field";
import { NativeSelect } from "@/components/ui/native-select";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import { formatCount } from "@/lib/kernel/format";

export interface DraftCardProps {
  /** `name@version` the draft begins with; "" = nothing. */
  from: string;
  /** How many files of that version come along. */
  files: number;
  bases: readonly { value: string; label: string }[];
  onArchive: (archive: File | undefined) => void;
  pending: boolean;
  /** Nothing to save yet. */
  empty: boolean;
}

/** What a draft begins with, an archive in its place, and the button that saves it. */
export function DraftCard({ from, files, bases, onArchive, pending, empty }: DraftCardProps) {
  const router = useRouter();
  const comesAlong = files > 0 ? ` Includes ${formatCount(files, "file")} of that version.` : "";
  const open = (base: string) =>
    router.replace(`/admin/templates/new${base ? `?from=${encodeURIComponent(base)}` : ""}`);
  return (
    <Card title="Draft">
      <div className="grid gap-4">
        <Field
          label="Start from"
          hint={
            from ? `Increase spec.version before saving.${comesAlong}` : "Copies the manifest and its files"
          }
        >
          {(control) => (
            <NativeSelect {...control} value={from} onChange={(event) => open(event.target.value)}>
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
              onChange={(event) => onArchive(event.target.files?.[0])}
            />
          )}
        </Field>
        <ReasonedButton
          type="submit"
          variant="accent"
          loading={pending}
          reason={empty ? "Enter a manifest or choose an archive." : null}
        >
          Validate and save draft
        </ReasonedButton>
      </div>
    </Card>
  );
}
