"use client";

import { useState } from "react";
import { apiPatch } from "@/components/data/api";
import { shownAtFields } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Card, CardFooter } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { ReasonedButton } from "@/components/ui/reasoned-button";
import type { CostCenterDto, ProjectDto } from "@/lib/features/projects/schema";
import { CostCenterField } from "./cost-center-field";
import { changedLimits, complaint, type LimitKey, limits, textsOf } from "./limit-texts";
import { useWrite } from "./use-write";

/** Changes a project's name, cost center and limits. Empty means no limit. */
export function ProjectSettings(props: { project: ProjectDto; costCenters: readonly CostCenterDto[] }) {
  const { project, costCenters } = props;
  const form = useProjectSettings(project);
  const { save } = form;
  const errors = save.fieldErrors;
  return (
    <Card title="Limits and settings" aside="Leave blank for no limit">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          form.submit();
        }}
      >
        <Field label="Name" error={errors.name}>
          {(control) => (
            <Input {...control} value={form.name} onChange={(event) => form.setName(event.target.value)} />
          )}
        </Field>
        <CostCenterField
          costCenters={costCenters}
          value={form.costCenter}
          onChange={form.setCostCenter}
          error={errors.costCenter}
        />
        <LimitFields texts={form.texts} onChange={form.setText} currency={project.currency} errors={errors} />
        <CardFooter className="flex justify-between gap-2">
          <ArchiveButton project={project} />
          <ReasonedButton type="submit" variant="accent" loading={save.pending} reason={form.missing}>
            Save
          </ReasonedButton>
        </CardFooter>
      </form>
    </Card>
  );
}

/** What is typed, and what of it is sent: only what differs. */
function useProjectSettings(project: ProjectDto) {
  const [name, setName] = useState(project.name);
  const [costCenter, setCostCenter] = useState(project.costCenter.id);
  const [texts, setTexts] = useState(() => textsOf(project));
  const before = textsOf(project);
  const body = {
    ...(name !== project.name && { name }),
    ...(costCenter !== project.costCenter.id && { costCenter }),
    ...changedLimits(texts, before),
  };
  const save = useWrite(() => apiPatch("/projects/{id}", { path: { id: project.id }, body }), {
    success: `${name} saved`,
    onProblem: shownAtFields,
  });
  const wrong = limits.some((limit) => complaint(limit, texts[limit.key]));
  const missing = wrong
    ? "Correct the marked limits first."
    : Object.keys(body).length === 0
      ? "No changes to save."
      : null;
  return {
    ...{ name, setName, costCenter, setCostCenter, texts, save },
    setText: (key: LimitKey, text: string) => setTexts((present) => ({ ...present, [key]: text })),
    missing,
    submit: () => void (missing === null && save.run()),
  };
}

interface LimitFieldsProps {
  texts: Readonly<Record<LimitKey, string>>;
  onChange: (key: LimitKey, text: string) => void;
  currency: string;
  errors: Readonly<Record<string, string>>;
}

function LimitFields({ texts, onChange, currency, errors }: LimitFieldsProps) {
  return (
    <div className="grid gap-4 sm:grid-cols-2">
      {limits.map((limit) => (
        <Field
          key={limit.key}
          label={limit.label}
          error={complaint(limit, texts[limit.key]) ?? errors[limit.key]}
        >
          {(control) => (
            <Input
              {...control}
              inputMode="decimal"
              placeholder="No limit"
              value={texts[limit.key]}
              suffix={"money" in limit ? `${currency} ${limit.unit}` : limit.unit}
              onChange={(event) => onChange(limit.key, event.target.value)}
            />
          )}
        </Field>
      ))}
    </div>
  );
}

function ArchiveButton({ project }: { project: ProjectDto }) {
  const path = { id: project.id };
  const body = { archived: !project.archived };
  const archive = useWrite(() => apiPatch("/projects/{id}", { path, body }), {
    success: project.archived ? `${project.name} restored` : `${project.name} archived`,
  });
  if (project.archived) {
    return (
      <Button variant="ghost" loading={archive.pending} onClick={() => void archive.run()}>
        Restore project
      </Button>
    );
  }
  return (
    <ConfirmDialog
      trigger={<Button>Archive project…</Button>}
      title={`Archive ${project.name}?`}
      description="No new environments can be requested. You can restore the project at any time."
      kept={["Costs, audit events and history"]}
      confirmLabel="Archive project"
      tone="primary"
      onConfirm={() => archive.run()}
    />
  );
}
