"use client";

import { useRouter } from "next/navigation";
import { useMemo, useState } from "react";
import type { FormPage, FormValue } from "@/components/forms/types";
import { validateForm, visiblePages, withDefaults } from "@/components/forms/validate";
import type { CloudOption, LeaseRule, ProjectOption } from "@/lib/features/requests/schema";
import {
  buildBody,
  enteredSecrets,
  type FormState,
  type FormTarget,
  firstLease,
  leaseProblem,
  longestLease,
  nameProblem,
  type PresetOption,
  repeating,
  secretsKept,
  sortProblems,
  storableState,
} from "./form-model";
import { useDraft } from "./use-draft";
import { useNameTaken } from "./use-name-taken";
import { usePreview } from "./use-preview";
import { useSubmission } from "./use-submission";

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
  /** Names of its parameters that have a value no one is shown. */
  stored?: readonly string[];
  /**
   * What the form begins with: a request that is repeated, whose secrets are taken over where they aren't changed, or an
   * environment that is duplicated.
   */
  again?: { request?: string; environment?: string; name: string; project: string; reason: string };
}

/** What a person fills in, what is wrong with it, what would happen, and how it is submitted. */
export function useRequestForm(props: RequestFormProps) {
  const { projects } = props;
  const { target, pages, state, change, forget } = useFilledIn(props);
  const { push } = useRouter();
  const create = target.kind === "create";
  const [tried, setTried] = useState(false);
  const project = projects.find((one) => one.slug === state.project) ?? projects[0];
  const maxDays = longestLease(props.lease, project);

  const asked = useMemo(() => visiblePages(pages, state.parameters), [pages, state.parameters]);
  const valid = Object.values(validateForm(asked, state.parameters)).every((message) => !message);
  const leaseWrong = create ? leaseProblem(state.leaseDays, maxDays) : undefined;
  const isPlannable = Boolean(project) && valid && !leaseWrong;
  const filled = { ...state, project: project?.slug ?? "" };
  const preview = usePreview(isPlannable ? buildBody(target, asked, filled, "plan") : null);

  const nameWrong = create ? nameProblem(state.name) : undefined;
  const nameState = useNameTaken(project?.slug ?? "", state.name, create && !nameWrong);
  const submission = useSubmission(target, forget, push);
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

  const takenWords =
    nameState === "taken" && project ? `This name is already used in ${project.name}.` : undefined;
  const early = tried || state.name.length > 2 ? nameWrong : undefined;
  return {
    target,
    project,
    maxDays,
    /** The pages with the fields that are asked for now. */
    asked,
    state,
    change,
    choose,
    submit,
    submission,
    preview,
    panel: {
      preview: isPlannable ? preview : { ...preview, pending: false },
      kind: target.kind,
      submitting: submission.pending,
      onSubmit: submit,
    },
    problems: { ...problems, name: takenWords ?? early ?? problems.name },
    /** Whether what is missing is said, too. */
    tried,
    /** Name of the project in which the name is free. */
    freeIn: nameState === "free" ? project?.name : undefined,
  };
}

/** What the form holds, from its beginning on, kept as a draft. */
function useFilledIn(props: RequestFormProps) {
  const { again } = props;
  const target = useMemo(() => repeating(props.target, again?.request), [props.target, again?.request]);
  // Secrets of an environment are never sent to a browser; left empty they stay as they are.
  const pages = useMemo(
    () => (props.stored ? secretsKept(props.pages, new Set(props.stored)) : props.pages),
    [props.pages, props.stored],
  );
  const initial = useMemo(() => beginning(props, pages), [props, pages]);
  const subject = target.kind === "create" ? target.template : target.environment;
  const key = `rostrum:request:${again?.request ?? again?.environment ?? subject}`;
  const [state, change, forget] = useDraft<FormState>(key, initial, (now) => storableState(pages, now));
  return { target, pages, state, change, forget };
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
