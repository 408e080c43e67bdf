import { describe, expect, it } from "vitest";
import type { FormPage } from "@/components/forms/types";
import { validateForm, visiblePages } from "@/components/forms/validate";
import {
  buildBody,
  dateAfter,
  daysUntil,
  enteredSecrets,
  type FormState,
  firstLease,
  leaseProblem,
  longestLease,
  matchingPreset,
  nameProblem,
  type PresetOption,
  secretsKept,
  secretsToEnter,
  sortProblems,
  storableState,
  tidyName,
} from "@/components/requests/form-model";
import { changeWords, difference, monthlyOf, sizeWords } from "@/components/requests/plan-model";
import { quotaSentence, tightestQuotas } from "@/components/requests/quota-meters";
import { requestSteps, whereItIs } from "@/components/requests/request-steps";
import { mergeDraft } from "@/components/requests/use-draft";
import { environmentName, requestBody } from "@/lib/features/requests/schema";

const pages: FormPage[] = [
  {
    fields: [
      { name: "size", title: "Size", type: "string" },
      { name: "replicas", title: "Replicas", type: "integer" },
      { name: "password", title: "Password", type: "string", secret: true },
    ],
  },
];
const state: FormState = {
  preset: null,
  name: "shop-staging",
  project: "shop",
  cloud: "",
  leaseDays: 14,
  reason: "  Rehearsal  ",
  parameters: { size: "small", replicas: 2, password: "hunter22", gone: "x" },
};
const create = { kind: "create", template: "web", version: "1.2.0" } as const;

describe("the body of a request", () => {
  it("is what the API takes, without fields of another version", () => {
    const body = buildBody(create, pages, state, "submit");
    expect(requestBody.parse(body)).toMatchObject({
      kind: "create",
      name: "shop-staging",
      leaseDays: 14,
      reason: "Rehearsal",
      parameters: { size: "small", replicas: 2, password: "hunter22" },
    });
    expect(body).not.toHaveProperty("parameters.gone");
    expect(body).not.toHaveProperty("cloud");
  });

  it("plans under a stand-in name while the typed one is no name yet, but never submits it", () => {
    const typing = { ...state, name: "Shop!" };
    expect(buildBody(create, pages, typing, "plan")).toMatchObject({ name: "preview" });
    expect(buildBody(create, pages, typing, "submit")).toMatchObject({ name: "Shop!" });
  });

  it("asks the same question whatever the reason says", () => {
    const other = { ...state, reason: "Something else" };
    expect(buildBody(create, pages, state, "plan")).toEqual(buildBody(create, pages, other, "plan"));
  });

  it("names the version of a change only when it moves", () => {
    const target = {
      kind: "update",
      environment: "env_1",
      version: "1.2.0",
      currentVersion: "1.2.0",
    } as const;
    expect(buildBody(target, pages, state, "submit")).not.toHaveProperty("version");
    const moved = buildBody({ ...target, version: "1.3.0" }, pages, state, "submit");
    expect(requestBody.parse(moved)).toMatchObject({ kind: "update", version: "1.3.0" });
    expect(moved).not.toHaveProperty("leaseDays");
  });
});

describe("names", () => {
  it.each(["a", "-a", "a-", "1shop", "Shop", "sh op", "a".repeat(41), ""])(
    "refuses %j as the API does",
    (name) => {
      expect(nameProblem(name)).toBeDefined();
      expect(environmentName.safeParse(name).success).toBe(false);
    },
  );
  it.each(["ab", "shop-2", "a".repeat(40)])("takes %j as the API does", (name) => {
    expect(nameProblem(name)).toBeUndefined();
    expect(environmentName.safeParse(name).success).toBe(true);
  });
  it("makes plain slips right", () => expect(tidyName("Checkout Staging_2")).toBe("checkout-staging-2"));
});

describe("leases", () => {
  const rule = { defaultDays: 14, maxDays: 90 };
  it("are bounded by template and project", () => {
    expect(longestLease(rule, { maxLeaseDays: 30 })).toBe(30);
    expect(longestLease(rule, { maxLeaseDays: null })).toBe(90);
    expect(firstLease(rule, { maxLeaseDays: 7 })).toBe(7);
    expect(firstLease(rule, { maxLeaseDays: null }, { leaseDays: 30 })).toBe(30);
  });
  it("say what is wrong", () => {
    expect(leaseProblem(undefined, 90)).toMatch(/^Enter /);
    expect(leaseProblem(0, 90)).toMatch(/1 or more/);
    expect(leaseProblem(91, 90)).toBe("The maximum is 90 days.");
    expect(leaseProblem(90, 90)).toBeUndefined();
  });
  it("count days and dates alike, over months and clock changes", () => {
    for (const now of [new Date(2026, 10, 24, 23, 59), new Date(2026, 2, 28, 0, 1)].map((day) =>
      day.getTime(),
    )) {
      for (const days of [1, 14, 90]) expect(daysUntil(dateAfter(days, now), now)).toBe(days);
    }
    expect(daysUntil("", Date.now())).toBeUndefined();
  });
});

describe("complaints of the server", () => {
  it("stand where the person looks", () => {
    const sorted = sortProblems([
      { path: "name", message: "is taken" },
      { path: "body.leaseDays", message: "too long" },
      { path: "parameters.size.0", message: "not one of the list" },
      { path: "parameters.size", message: "second" },
      { path: "quota", message: "CPU" },
    ]);
    expect(sorted).toEqual({
      name: "is taken",
      leaseDays: "too long",
      parameters: { size: "not one of the list" },
      rest: ["CPU"],
    });
  });
});

describe("drafts and presets", () => {
  it("never keep a secret", () => {
    expect(JSON.stringify(storableState(pages, state))).not.toContain("hunter22");
    expect(storableState(pages, state).parameters).toMatchObject({ size: "small" });
  });
  it("tell which secrets have to be entered again, also those inside a group", () => {
    const group: FormPage[] = [
      ...pages,
      {
        fields: [
          {
            name: "login",
            title: "Login",
            type: "object",
            fields: [{ name: "code", title: "Code", type: "string", secret: true }],
          },
        ],
      },
    ];
    const kept = storableState(group, {
      ...state,
      parameters: { ...state.parameters, login: { code: "hunter33" } },
    });
    expect(JSON.stringify(kept)).not.toMatch(/hunter/);
    const reloaded = { ...state, ...kept, parameters: { size: "small" } };
    expect(secretsToEnter(group, reloaded)).toEqual(["Password", "Login"]);
    const typed = { ...reloaded, parameters: { password: "again" } };
    expect(secretsToEnter(group, typed)).toEqual(["Login"]);
    expect(storableState(group, reloaded).forgotten, "loaded twice").toEqual(["password", "login"]);
    expect(secretsToEnter(group, state), "nothing was lost yet").toEqual([]);
  });
  it("keep entered secrets when a preset is chosen", () => {
    expect(enteredSecrets(pages, state.parameters)).toEqual({ password: "hunter22" });
  });
  it("let a stored secret be kept, replaced or, where it is not required, cleared", () => {
    const required = { ...pages[0]?.fields[2], name: "token", required: true } as FormPage["fields"][number];
    const change: FormPage[] = [{ fields: [...(pages[0]?.fields ?? []), required] }];
    const [page] = secretsKept(change, new Set(["password", "token"]));
    expect(page?.fields.slice(2)).toMatchObject([
      { name: "password", required: false, clearable: true },
      { name: "token", required: false, clearable: false },
    ]);
    expect(secretsKept(change, new Set())[0]?.fields[3], "never set").toMatchObject({ required: true });
    const update = { kind: "update", environment: "e", version: "1", currentVersion: "1" } as const;
    const body = buildBody(update, change, { ...state, parameters: { password: null } }, "submit");
    expect(body.parameters).toMatchObject({ password: null });
    const untouched = buildBody(update, change, { ...state, parameters: {} }, "submit");
    expect(untouched.parameters, "secrets stay").not.toHaveProperty("password");
  });
  it("let new fields have their defaults", () => {
    const kept = mergeDraft({ name: "", parameters: { size: "small", fresh: 1 } }, {
      name: "shop",
      parameters: { size: "large" },
    } as never);
    expect(kept).toEqual({ name: "shop", parameters: { size: "large", fresh: 1 } });
  });
  it("know which preset the values are", () => {
    const preset = (name: string, size: string): PresetOption => ({
      name,
      parameters: { size },
      monthly: null,
      currency: "EUR",
    });
    const presets = [preset("Trial", "small"), preset("Team", "medium")];
    expect(matchingPreset(presets, { size: "medium", title: "x" })).toBe("Team");
    expect(matchingPreset(presets, { size: "large" })).toBeNull();
  });
});

describe("plans in words", () => {
  const size = { cpu: 0.5, memoryBytes: 512 * 1024 ** 2, storageBytes: 0 };
  const cost = {
    monthly: "66.9",
    monthlyBefore: "0",
    untilLeaseEnd: null,
    currency: "EUR",
    lines: ["10.10", "20.20"].map((monthly) => ({
      component: "web",
      meter: "cpu",
      quantity: "1",
      unit: "Core-Hours",
      unitPrice: "1",
      monthly,
    })),
    unpriced: ["db"],
  };
  const plain = (text: string) => text.replaceAll("\u00a0", " ");
  it("say sizes and what they become", () => {
    expect(plain(sizeWords(size, 2))).toBe("2 replicas, each 0.5 core, 512 MiB");
    expect(sizeWords({ cpu: 0, memoryBytes: 0, storageBytes: 0 }, 1)).toBe("no sizing");
    const change = { action: "update", size, replicas: 2, before: { size, replicas: 1 } } as never;
    expect(plain(changeWords(change))).toBe("0.5 core, 512 MiB → 2 replicas, each 0.5 core, 512 MiB");
  });
  it("add up exactly and keep the unknown unknown", () => {
    expect(monthlyOf(cost, "web")).toBe("30.3000");
    expect(monthlyOf(cost, "db")).toBeNull();
    expect(difference("10", "12.5")).toBe("-2.50");
    expect(difference(null, "1")).toBeNull();
  });
});

describe("quotas", () => {
  it("show the limits nearest to their end, and none without a limit", () => {
    const uses = [
      { name: "cpu", limit: 16, used: 10, added: 1 },
      { name: "memory", limit: null, used: 10, added: 1 },
      { name: "environments", limit: 5, used: 4, added: 1 },
    ] as const;
    expect(tightestQuotas(uses, 2).map((use) => use.name)).toEqual(["environments", "cpu"]);
    expect(quotaSentence(uses[0]).replaceAll("\u00a0", " ")).toBe("11 of 16 cores");
  });
});

describe("a request's way", () => {
  const facts = {
    status: "pending_approval",
    createdAt: "2026-11-01T10:00:00.000Z",
    decidedAt: null,
    finishedAt: null,
    expiresAt: null,
    requester: { id: "usr_1", name: "Dana" },
    decisions: [],
    reason: "",
    message: "",
    runId: null,
    project: { id: "prj_1", slug: "shop", name: "Shop" },
    stale: false,
  } as const;
  const titles = (request: unknown) => requestSteps(request as never).map((step) => step.title);

  it("ends where it is", () => {
    expect(titles(facts)).toEqual(["Submitted", "Pending approval"]);
    expect(titles({ ...facts, status: "running", decidedAt: facts.createdAt, runId: "run_1" })).toEqual([
      "Submitted",
      "Auto-approved",
      "Running",
    ]);
    const decision = { decision: "reject", approver: "Mo", reason: "No", digest: "d", at: facts.createdAt };
    expect(titles({ ...facts, status: "rejected", decisions: [decision] })).toEqual([
      "Submitted",
      "Rejected",
    ]);
    expect(titles({ ...facts, status: "cancelled", decidedAt: facts.createdAt })).toEqual([
      "Submitted",
      "Canceled",
    ]);
  });

  it("says who has it", () => {
    expect(whereItIs({ ...facts, decisions: [] })).toBe("Assigned to Shop approvers.");
    expect(whereItIs({ ...facts, decisions: [], stale: true })).toMatch(/Re-plan/);
  });
});

describe("fields with a condition", () => {
  const conditional: FormPage[] = [
    { title: "Base", fields: [{ name: "backups", title: "Backups", type: "boolean", default: false }] },
    {
      title: "Backups",
      fields: [
        { name: "bucket", title: "Bucket", type: "string", required: true, visibleIf: { backups: [true] } },
      ],
    },
  ];
  const shownWith = (parameters: FormState["parameters"]) => visiblePages(conditional, parameters);

  it("come and go with the values they depend on, and take their section with them", () => {
    expect(shownWith({ backups: false }).map((page) => page.title)).toEqual(["Base"]);
    expect(shownWith({ backups: true }).map((page) => page.title)).toEqual(["Base", "Backups"]);
    expect(shownWith({ backups: null }).map((page) => page.title)).toEqual(["Base"]);
  });

  it("are neither complained about nor sent while they are hidden, and come back as they were", () => {
    const hidden = { backups: false, bucket: "b1" };
    expect(validateForm(shownWith({ ...hidden, bucket: null }), hidden)).toEqual({});
    const body = buildBody(create, shownWith(hidden), { ...state, parameters: hidden }, "submit");
    expect(body.parameters).toEqual({ backups: false });
    const shown = { ...hidden, backups: true };
    const again = buildBody(create, shownWith(shown), { ...state, parameters: shown }, "submit");
    expect(again.parameters).toEqual({ backups: true, bucket: "b1" });
    expect(validateForm(shownWith(shown), { backups: true, bucket: null })).toEqual({
      bucket: "Bucket is required.",
    });
  });
});
