"use client";

import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import type { FormPage, FormValue } from "@/components/forms/types";
import { UploadProject } from "@/components/forms/upload-project";
import { validateForm, visiblePages, withDefaults } from "@/components/forms/validate";
import { Field } from "@/components/ui/field";
import { Input, Textarea } from "@/components/ui/input";
import { NativeSelect } from "@/components/ui/native-select";
import type { CloudOption, LeaseRule, ProjectOption } from "@/lib/features/requests/schema";
import {
  buildBody,
  enteredSecrets,
  type FormState,
  type FormTarget,
  firstLease,
  leaseProblem,
  longestLease,
  matchingPreset,
  nameProblem,
  type PresetOption,
  repeating,
  secretsKept,
  secretsToEnter,
  sortProblems,
  storableState,
  tidyName,
} from "./form-model";
import { NowhereToAsk, SecretsToEnter, VersionField } from "./form-notes";
import { LeaseField } from "./lease-field";
import { ParameterSections } from "./parameter-sections";
import { PresetCards } from "./preset-cards";
import { PricePanel } from "./price-panel";
import { SubmitBar } from "./submit-bar";
import { useDraft } from "./use-draft";
import { useNameTaken } from "./use-name-taken";
import { usePreview } from "./use-preview";
import { refusalOf, useSubmission } from "./use-submission";
import { WhereField } from "./where-field";

export interface RequestFormProps {
  target: FormTarget;
  pages: readonly FormPage[];
  presets: readonly PresetOption[];
  /** Where the person may ask; for a change only the environment's own. */
  projects: readonly ProjectOption[];
  clouds: readonly CloudOption[];
  lease: LeaseRule;
  /** Versions to choose from, newest first; empty hides the choice. */
  versions: readonly string[];
  /** What the environment has now, for a change, or what the request asked for that is repeated. */
  present?: FormValue;
  /** Names of its parameters that have a value nobody is shown. */
  stored?: readonly string[];
  /**
   * What the form begins with: a request that is repeated, whose secrets are taken over where they aren't changed, or an
   * environment that is duplicated.
   */
  again?: { request?: string; environment?: string; name: string; project: string; reason: string };
}

/** Asks for a new environment or a change of one; price, rules and room follow while one types. */
export function RequestForm(props: RequestFormProps) {
  const { presets, projects, again } = props;
  const target = useMemo(() => repeating(props.target, again?.request), [props.target, again?.request]);
  const router = useRouter();
  const create = target.kind === "create";
  // Secrets of an environment are never sent to a browser; left empty they stay as they are.
  const pages = useMemo(
    () => (props.stored ? secretsKept(props.pages, new Set(props.stored)) : props.pages),
    [props.pages, props.stored],
  );
  const initial = useMemo(() => beginning(props, pages), [props, pages]);
  const key = `rostrum:request:${again?.request ?? again?.environment ?? (create ? target.template : target.environment)}`;
  const [state, change, forget] = useDraft<FormState>(key, initial, (now) => storableState(pages, now));
  const [tried, setTried] = useState(false);
  const project = projects.find((one) => one.slug === state.project) ?? projects[0];
  const maxDays = longestLease(props.lease, project);

  const asked = useMemo(() => visiblePages(pages, state.parameters), [pages, state.parameters]);
  const local = validateForm(asked, state.parameters);
  const valid = Object.values(local).every((message) => !message);
  const leaseWrong = create ? leaseProblem(state.leaseDays, maxDays) : undefined;
  const isPlannable = Boolean(project) && valid && !leaseWrong;
  const filled = { ...state, project: project?.slug ?? "" };
  const preview = usePreview(isPlannable ? buildBody(target, asked, filled, "plan") : null);

  const nameWrong = create ? nameProblem(state.name) : undefined;
  const nameState = useNameTaken(project?.slug ?? "", state.name, create && !nameWrong);
  const submission = useSubmission(target, forget, router.push);
  const problems = sortProblems([...(preview.problem?.errors ?? []), ...(submission.problem?.errors ?? [])]);

  function submit() {
    setTried(true);
    if (nameWrong || nameState === "taken" || !isPlannable) return focusFirstProblem();
    void submission.run(buildBody(target, asked, filled, "submit"));
  }

  function choose(preset: PresetOption) {
    change({
      preset: preset.name,
      parameters: {
        ...withDefaults(pages, create ? {} : props.present),
        ...enteredSecrets(pages, state.parameters),
        ...preset.parameters,
      },
      ...(create ? { leaseDays: firstLease(props.lease, project, preset) } : {}),
    });
  }

  const panel = {
    preview: isPlannable ? preview : { ...preview, pending: false },
    kind: target.kind,
    submitting: submission.pending,
    onSubmit: submit,
  };

  if (!project) return <NowhereToAsk />;
  return (
    <form
      noValidate
      className="grid grid-cols-[minmax(0,1fr)] items-start gap-7 lg:grid-cols-[minmax(0,1fr)_22.5rem]"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <div className="grid min-w-0 gap-6">
        <PresetCards presets={presets} value={matchingPreset(presets, state.parameters)} onChange={choose} />
        {create ? (
          <NameField
            value={state.name}
            onChange={(name) => change({ name })}
            error={
              (nameState === "taken" ? `This name is already used in ${project.name}.` : undefined) ??
              (tried || state.name.length > 2 ? nameWrong : undefined) ??
              problems.name
            }
            free={nameState === "free" ? project.name : undefined}
          />
        ) : null}
        <div className="grid items-start gap-x-4 gap-y-6 sm:grid-cols-2">
          {create ? (
            <Field label="Project" error={problems.project}>
              {(control) => (
                <NativeSelect
                  {...control}
                  value={project.slug}
                  onChange={(event) => change({ project: event.target.value })}
                >
                  {projects.map((one) => (
                    <option key={one.slug} value={one.slug}>
                      {one.name}
                    </option>
                  ))}
                </NativeSelect>
              )}
            </Field>
          ) : null}
          <WhereField
            value={state.cloud}
            onChange={(cloud) => change({ cloud })}
            clouds={props.clouds}
            preview={preview}
            error={problems.cloud}
          />
          {props.versions.length > 1 ? (
            <VersionField versions={props.versions} value={target.version} error={problems.version} />
          ) : null}
        </div>
        <SecretsToEnter titles={secretsToEnter(asked, state)} />
        <UploadProject value={project.slug}>
          <ParameterSections
            pages={asked}
            value={state.parameters}
            onChange={(parameters) => change({ parameters, preset: null })}
            errors={problems.parameters}
            showErrors={tried}
          />
        </UploadProject>
        {create ? (
          <LeaseField
            days={state.leaseDays}
            max={maxDays}
            onChange={(leaseDays) => change({ leaseDays })}
            error={problems.leaseDays}
          />
        ) : null}
        <Field label="Purpose" error={problems.reason} optional>
          {(control) => (
            <Textarea
              {...control}
              value={state.reason}
              onChange={(event) => change({ reason: event.target.value })}
              placeholder="Approvers see this. One sentence is enough."
            />
          )}
        </Field>
      </div>
      <PricePanel
        {...panel}
        project={project}
        refusal={submission.problem ? refusalOf(submission.problem, problems.rest) : undefined}
      />
      <SubmitBar {...panel} />
    </form>
  );
}

function NameField(props: {
  value: string;
  onChange: (name: string) => void;
  error?: string;
  /** Name of the project in which it is free. */
  free?: string;
}) {
  return (
    <Field
      label="Name"
      required
      error={props.error}
      hint={
        props.free
          ? `${props.value} is available in ${props.free}`
          : "Used in the URL and in resource names. Lowercase letters, digits and hyphens."
      }
    >
      {(control) => (
        <Input
          {...control}
          value={props.value}
          onChange={(event) => props.onChange(tidyName(event.target.value))}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder="checkout-staging"
        />
      )}
    </Field>
  );
}

function beginning(props: RequestFormProps, pages: readonly FormPage[]): FormState {
  const [preset] = props.presets;
  const create = props.target.kind === "create";
  const { again } = props;
  const values = create && !again ? preset?.parameters : props.present;
  return {
    preset: create && !again ? (preset?.name ?? null) : null,
    name: again?.name ?? "",
    project: again?.project ?? props.projects[0]?.slug ?? "",
    cloud: "",
    leaseDays: create ? firstLease(props.lease, props.projects[0], preset) : undefined,
    reason: again?.reason ?? "",
    parameters: withDefaults(pages, values),
  };
}

function focusFirstProblem(): void {
  requestAnimationFrame(() => {
    const field = document.querySelector<HTMLElement>('[aria-invalid="true"]');
    field?.focus();
    field?.scrollIntoView({ block: "center" });
  });
}
