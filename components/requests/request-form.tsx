"use client";

import { UploadProject } from "@/components/forms/upload-project";
import { Field } from "@/components/ui/field";
import { Textarea } from "@/components/ui/input";
import { matchingPreset, secretsToEnter } from "./form-model";
import { NowhereToAsk, SecretsToEnter, VersionField } from "./form-notes";
import { LeaseField } from "./lease-field";
import { NameField } from "./name-field";
import { ParameterSections } from "./parameter-sections";
import { PresetCards } from "./preset-cards";
import { PricePanel } from "./price-panel";
import { ProjectField } from "./project-field";
import { SubmitBar } from "./submit-bar";
import { type RequestFormProps, useRequestForm } from "./use-request-form";
import { refusalOf } from "./use-submission";
import { WhereField } from "./where-field";

/** Asks for a new environment or a change of one; price, rules and room follow while one types. */
export function RequestForm(props: RequestFormProps) {
  const form = useRequestForm(props);
  const { project, panel, problems, submission } = form;
  if (!project) return <NowhereToAsk />;
  return (
    <form
      noValidate
      className="grid grid-cols-[minmax(0,1fr)] items-start gap-7 lg:grid-cols-[minmax(0,1fr)_22.5rem]"
      onSubmit={(event) => {
        event.preventDefault();
        form.submit();
      }}
    >
      <Fields {...props} form={form} project={project.slug} />
      <PricePanel
        {...panel}
        project={project}
        refusal={submission.problem ? refusalOf(submission.problem, problems.rest) : undefined}
      />
      <SubmitBar {...panel} />
    </form>
  );
}

type FieldsProps = Pick<RequestFormProps, "presets" | "projects" | "clouds" | "versions"> & {
  form: ReturnType<typeof useRequestForm>;
  /** Slug. */
  project: string;
};

function Fields({ presets, projects, clouds, versions, form, project }: FieldsProps) {
  const { target, asked, state, change, problems } = form;
  const create = target.kind === "create";
  return (
    <div className="grid min-w-0 gap-6">
      <PresetCards
        presets={presets}
        value={matchingPreset(presets, state.parameters)}
        onChange={form.choose}
      />
      {create ? (
        <NameField
          value={state.name}
          onChange={(name) => change({ name })}
          error={problems.name}
          free={form.freeIn}
        />
      ) : null}
      <div className="grid items-start gap-x-4 gap-y-6 sm:grid-cols-2">
        {create ? (
          <ProjectField
            projects={projects}
            value={project}
            onChange={(slug) => change({ project: slug })}
            error={problems.project}
          />
        ) : null}
        <WhereField
          value={state.cloud}
          onChange={(cloud) => change({ cloud })}
          clouds={clouds}
          preview={form.preview}
          error={problems.cloud}
        />
        {versions.length > 1 ? (
          <VersionField versions={versions} value={target.version} error={problems.version} />
        ) : null}
      </div>
      <SecretsToEnter titles={secretsToEnter(asked, state)} />
      <UploadProject value={project}>
        <ParameterSections
          pages={asked}
          value={state.parameters}
          onChange={(parameters) => change({ parameters, preset: null })}
          errors={problems.parameters}
          showErrors={form.tried}
        />
      </UploadProject>
      {create ? (
        <LeaseField
          days={state.leaseDays}
          max={form.maxDays}
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
  );
}
