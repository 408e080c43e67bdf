import { readFile } from "node:fs/promises";
import { projectRoles } from "@/lib/kernel/permissions";
import { cliActor } from "@/lib/platform/auth";
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
  userIdOf,
} from "../projects";
import { costCenterInput, memberAdd, projectCreate } from "../projects/schema";
import { need, optional, readFlags, table, UsageError } from "./arguments";
import type { Output } from "./output";

/** Makes the cost center too where the code is new: one command is enough to start. */
export async function projectCreateCommand(argv: string[], output: Output): Promise<void> {
  const flags = readFlags(argv, [
    "slug",
    "name",
    "cost-center",
    "owner",
    "budget",
    "approval-limit",
    "currency",
  ]);
  const actor = cliActor();
  const slug = need(flags, "slug");
  const costCenter = optional(flags, "cost-center") ?? slug;
  const input = parseWith(projectCreate, {
    slug,
    name: optional(flags, "name") ?? slug,
    costCenter,
    owner: optional(flags, "owner"),
    budgetMonthly: optional(flags, "budget"),
    approvalLimit: optional(flags, "approval-limit"),
    currency: optional(flags, "currency"),
  });
  const known = await listCostCenters(actor);
  if (!known.some((one) => one.code === costCenter || one.id === costCenter)) {
    await createCostCenter(actor, parseWith(costCenterInput, { code: costCenter, name: costCenter }));
  }
  const project = await createProject(actor, input);
  output.out(`${project.id}  ${project.slug}`);
}

export async function projectListCommand(argv: string[], output: Output): Promise<void> {
  readFlags(argv, []);
  const rows: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listProjects(cliActor(), { limit: 200, cursor, archived: true });
    for (const one of page.items) {
      rows.push([one.slug, one.name, one.costCenter.code, String(one.members), String(one.environments)]);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  output.out(table(["SLUG", "NAME", "COST CENTER", "MEMBERS", "ENVIRONMENTS"], rows));
}

/** Adds a member, changes the role of one, or with --remove takes one out. */
export async function projectMemberCommand(argv: string[], output: Output): Promise<void> {
  const flags = readFlags(argv, ["project", "email", "role"], ["remove"]);
  const actor = cliActor();
  const project = need(flags, "project");
  const email = need(flags, "email");
  const userId = await userIdOf(email, "email");
  if (flags.remove === true) {
    await removeMember(actor, project, userId);
    return output.out(`${email} is no member of ${project} any more.`);
  }
  const { role } = parseWith(memberAdd, { user: email, role: need(flags, "role") });
  const member = (await listMembers(actor, project)).some((one) => one.userId === userId);
  if (member) await setMemberRole(actor, project, userId, role);
  else await addMember(actor, project, { user: userId, role });
  output.out(`${email} is ${role} of ${project}. (Roles: ${projectRoles.join(", ")})`);
}

export async function cloudCreateCommand(argv: string[], output: Output): Promise<void> {
  const flags = readFlags(argv, ["name", "title", "driver", "config", "credentials-file", "label"]);
  const name = need(flags, "name");
  const file = optional(flags, "credentials-file");
  const input = parseWith(createCloudBody, {
    name,
    title: optional(flags, "title") ?? name,
    driver: need(flags, "driver"),
    config: jsonOf("config", optional(flags, "config")),
    credentials: file ? jsonOf("credentials-file", await readText(file)) : {},
    labels: labelsOf(optional(flags, "label")),
  });
  const cloud = await createCloud(cliActor(), input);
  output.out(`${cloud.id}  ${cloud.name}`);
}

export async function cloudListCommand(argv: string[], output: Output): Promise<void> {
  readFlags(argv, []);
  const clouds = await listClouds();
  const rows = clouds.map((cloud) => [
    cloud.name,
    cloud.driver,
    cloud.enabled ? "enabled" : "disabled",
    cloud.healthOk === null ? "not checked" : cloud.healthOk ? "well" : cloud.healthMessage,
  ]);
  output.out(table(["NAME", "DRIVER", "STATE", "HEALTH"], rows));
}

/** Answers whether the chain is whole, for the exit code. */
export async function auditVerifyCommand(argv: string[], output: Output): Promise<boolean> {
  readFlags(argv, []);
  const result = await verifyAuditChain();
  if (result.ok)
    output.out(result.lastHash ? `${result.message} Last hash: ${result.lastHash}` : result.message);
  else output.err(result.message);
  return result.ok;
}

function jsonOf(name: string, text: string | undefined): unknown {
  if (text === undefined) return {};
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`--${name} is not JSON.`);
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
      if (!key || value.length === 0)
        throw new UsageError("--label wants key=value, several separated by commas.");
      return [key.trim(), value.join("=").trim()];
    }),
  );
}
