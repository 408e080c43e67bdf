import { readFile } from "node:fs/promises";
import { messageOf } from "@/lib/kernel/errors";
import { projectRoles } from "@/lib/kernel/permissions";
import { parseBytes, parseCpu } from "@/lib/kernel/quantities";
import { cliActor } from "@/lib/platform/auth";
import { type AdminInput, requireOption, UsageError } from "@/lib/platform/command-line";
import { parseWith } from "@/lib/platform/http";
import { verifyAuditChain } from "../audit";
import { createCloud, listClouds } from "../clouds";
import { createCloudBody } from "../clouds/schema";
import {
  addMember,
  createCostCenter,
  createProject,
  listCostCenters,
  listMembers,
  listProjects,
  removeMember,
  setMemberRole,
  updateProject,
  userIdOf,
} from "../projects";
import { costCenterInput, memberAdd, projectCreate, projectUpdate } from "../projects/schema";
import { optionOf, table } from "./arguments";

/** Makes the cost center too where the code is new: one command is enough to start. */
export async function projectCreateCommand(input: AdminInput): Promise<void> {
  const actor = cliActor();
  const slug = requireOption(input, "slug");
  const costCenter = optionOf(input, "cost-center") ?? slug;
  const data = parseWith(projectCreate, {
    slug,
    name: optionOf(input, "name") ?? slug,
    costCenter,
    owner: optionOf(input, "owner"),
    currency: optionOf(input, "currency"),
    ...limitsOf(input),
  });
  const known = await listCostCenters(actor);
  if (!known.some((one) => one.code === costCenter || one.id === costCenter)) {
    await createCostCenter(actor, parseWith(costCenterInput, { code: costCenter, name: costCenter }));
  }
  const project = await createProject(actor, data);
  input.print(`${project.id}  ${project.slug}`);
}

/** Changes the limits that are named; "none" takes one away. */
export async function projectLimitsCommand(input: AdminInput): Promise<void> {
  const limits = limitsOf(input);
  if (Object.keys(limits).length === 0) throw new UsageError("Set at least one limit.");
  const project = requireOption(input, "project");
  const changed = await updateProject(cliActor(), project, parseWith(projectUpdate, limits));
  input.print(`${changed.id}  ${changed.slug}`);
}

/** The limits a command names, as the API takes them. */
function limitsOf(input: AdminInput): Record<string, unknown> {
  const readers: [option: string, name: string, read: (text: string) => unknown][] = [
    ["budget", "budgetMonthly", String],
    ["approval-limit", "approvalLimit", String],
    ["quota-cpu", "quotaCpu", (text) => quantity("quota-cpu", text, parseCpu)],
    ["quota-memory", "quotaMemoryBytes", (text) => quantity("quota-memory", text, parseBytes)],
    ["quota-storage", "quotaStorageBytes", (text) => quantity("quota-storage", text, parseBytes)],
    ["quota-environments", "quotaEnvironments", Number],
    ["max-lease-days", "maxLeaseDays", Number],
  ];
  return Object.fromEntries(
    readers.flatMap(([option, name, read]) => {
      const text = optionOf(input, option);
      return text === undefined ? [] : [[name, text === "none" ? null : read(text)]];
    }),
  );
}

function quantity(option: string, text: string, parse: (text: string) => number): number {
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(`--${option}: ${messageOf(error)}`);
  }
}

export async function projectListCommand({ print }: AdminInput): Promise<void> {
  const rows: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listProjects(cliActor(), { limit: 200, cursor, archived: true });
    for (const one of page.items) {
      rows.push([one.slug, one.name, one.costCenter.code, String(one.members), String(one.environments)]);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  print(table(["SLUG", "NAME", "COST CENTER", "MEMBERS", "ENVIRONMENTS"], rows));
}

/** Adds a member, changes the role of one, or with --remove takes one out. */
export async function projectMemberCommand(input: AdminInput): Promise<void> {
  const actor = cliActor();
  const project = requireOption(input, "project");
  const email = requireOption(input, "email");
  const userId = await userIdOf(email, "email");
  if (input.values.remove === true) {
    await removeMember(actor, project, userId);
    return input.print(`Removed ${email} from ${project}.`);
  }
  const { role } = parseWith(memberAdd, { user: email, role: requireOption(input, "role") });
  const member = (await listMembers(actor, project)).some((one) => one.userId === userId);
  if (member) await setMemberRole(actor, project, userId, role);
  else await addMember(actor, project, { user: userId, role });
  input.print(`${email} is now ${role} in ${project}. Available roles: ${projectRoles.join(", ")}`);
}

export async function cloudCreateCommand(input: AdminInput): Promise<void> {
  const name = requireOption(input, "name");
  const file = optionOf(input, "credentials-file");
  const data = parseWith(createCloudBody, {
    name,
    title: optionOf(input, "title") ?? name,
    driver: requireOption(input, "driver"),
    config: jsonOf("config", optionOf(input, "config")),
    credentials: file ? jsonOf("credentials-file", await readText(file)) : {},
    labels: labelsOf(optionOf(input, "label")),
  });
  const cloud = await createCloud(cliActor(), data);
  input.print(`${cloud.id}  ${cloud.name}`);
}

export async function cloudListCommand({ print }: AdminInput): Promise<void> {
  const clouds = await listClouds();
  const rows = clouds.map((cloud) => [
    cloud.name,
    cloud.driver,
    cloud.enabled ? "enabled" : "disabled",
    cloud.healthOk === null ? "unknown" : cloud.healthOk ? "healthy" : cloud.healthMessage,
  ]);
  print(table(["NAME", "DRIVER", "STATUS", "HEALTH"], rows));
}

/** Fails, and so exits with 1, when chain, seals or heads contradict each other; what only weakens them is printed. */
export async function auditVerifyCommand(input: AdminInput): Promise<void> {
  const result = await verifyAuditChain();
  for (const warning of result.warnings) input.print(`Warning: ${warning}`);
  if (!result.ok) throw new Error(result.problems.map((problem) => problem.message).join("\n"));
  input.print(result.lastHash ? `${result.message} Last hash: ${result.lastHash}` : result.message);
}

function jsonOf(name: string, text: string | undefined): unknown {
  if (text === undefined) return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--${name} is not valid JSON.`);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`Cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function labelsOf(text: string | undefined): Record<string, string> {
  const pairs = (text ?? "").split(",").filter(Boolean);
  return Object.fromEntries(
    pairs.map((pair) => {
      const [key, ...value] = pair.split("=");
      if (!key || value.length === 0) throw new UsageError("--label expects key=value[,key=value…]");
      return [key.trim(), value.join("=").trim()];
    }),
  );
}
