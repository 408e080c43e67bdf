"use client";

import { useState } from "react";
import { shownAtFields } from "@/components/data/use-action";
import { Button } from "@/components/ui/button";
import { Card, CardFooter } from "@/components/ui/card";
import { ConfirmDialog } from "@/components/ui/confirm-dialog";
import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { CostCenterDto, ProjectDto } from "@/lib/features/projects/schema";
import { readNumber } from "@/lib/kernel/values/numbers";
import { useWrite } from "./use-write";

const gib = 1024 ** 3;

const limits = [
  { key: "approvalLimit", label: "Approval threshold", unit: "/ month", money: true },
  { key: "budgetMonthly", label: "Monthly budget", unit: "/ month", money: true },
  { key: "maxLeaseDays", label: "Max lease", unit: "days", whole: true },
  { key: "quotaEnvironments", label: "Environments", unit: "max", whole: true },
  { key: "quotaCpu", label: "CPU", unit: "cores" },
  { key: "quotaMemoryBytes", label: "Memory", unit: "GiB", scale: gib },
  { key: "quotaStorageBytes", label: "Storage", unit: "GiB", scale: gib },
] as const;

type LimitKey = (typeof limits)[number]["key"];

function textsOf(project: ProjectDto): Record<LimitKey, string> {
  const texts = {} as Record<LimitKey, string>;
  for (const limit of limits) {
    const value = project[limit.key];
    const scaled = "scale" in limit && value !== null ? Number(value) / limit.scale : value;
    texts[limit.key] = scaled === null ? "" : String(scaled);
  }
  return texts;
}

/** A limit as the API takes it: money as text, sizes in bytes, empty as no limit. */
function apiValue(limit: (typeof limits)[number], text: string): string | number | null {
  const plain = text.trim();
  if (plain === "") return null;
  if ("money" in limit) return plain;
  return "scale" in limit ? Math.round(Number(plain) * limit.scale) : Number(plain);
}

/** What is wrong with a limit as typed: nothing that is not a number may reach the API as "no limit". */
function complaint(limit: (typeof limits)[number], text: string): string | undefined {
  if (text.trim() === "") return undefined;
  const number = readNumber(text);
  if (number === undefined || number < 0) return "Enter a number, or leave blank for no limit.";
  if ("whole" in limit && !Number.isInteger(number)) return "Enter a whole number.";
  return undefined;
}

/** Changes a project's name, cost center and limits. Empty means no limit. */
export function ProjectSettings(props: { project: ProjectDto; costCenters: readonly CostCenterDto[] }) {
  const { project } = props;
  const [name, setName] = useState(project.name);
  const [costCenter, setCostCenter] = useState(project.costCenter.id);
  const [texts, setTexts] = useState(() => textsOf(project));
  const path = `/projects/${project.id}`;
  const save = useWrite({ success: `${name} saved`, onProblem: shownAtFields });
  const archive = useWrite({
    success: project.archived ? `${project.name} restored` : `${project.name} archived`,
  });
  const errors = save.fieldErrors;
  const wrong = limits.some((limit) => complaint(limit, texts[limit.key]));
  const before = textsOf(project);
  const body: Record<string, unknown> = {
    ...(name !== project.name && { name }),
    ...(costCenter !== project.costCenter.id && { costCenter }),
  };
  for (const limit of limits) {
    if (texts[limit.key] !== before[limit.key]) body[limit.key] = apiValue(limit, texts[limit.key]);
  }
  const setArchived = () => archive.run(path, { method: "PATCH", body: { archived: !project.archived } });

  return (
    <Card title="Limits and settings" aside="Leave blank for no limit">
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run(path, { method: "PATCH", body });
        }}
      >
        <Field label="Name" error={errors.name}>
          {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
        <Field label="Cost center" error={errors.costCenter}>
          {(control) => (
            <NativeSelect
              {...control}
              value={costCenter}
              onChange={(event) => setCostCenter(event.target.value)}
            >
              {props.costCenters.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.code} · {one.name}
                </option>
              ))}
            </NativeSelect>
          )}
        </Field>
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
                  suffix={"money" in limit ? `${project.currency} ${limit.unit}` : limit.unit}
                  onChange={(event) =>
                    setTexts((present) => ({ ...present, [limit.key]: event.target.value }))
                  }
                />
              )}
            </Field>
          ))}
        </div>
        <CardFooter className="flex justify-between gap-2">
          {project.archived ? (
            <Button variant="ghost" loading={archive.pending} onClick={() => void setArchived()}>
              Restore project
            </Button>
          ) : (
            <ConfirmDialog
              trigger={<Button variant="danger-outline">Archive</Button>}
              title={`Archive ${project.name}?`}
              description="No new environments can be requested. You can restore the project at any time."
              kept={["Costs, audit events and history"]}
              confirmLabel="Archive"
              onConfirm={setArchived}
            />
          )}
          <Button
            type="submit"
            variant="accent"
            loading={save.pending}
            disabled={wrong || Object.keys(body).length === 0}
          >
            Save
          </Button>
        </CardFooter>
      </form>
    </Card>
  );
}
