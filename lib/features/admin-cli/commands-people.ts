import { scopes } from "@/lib/kernel/permissions";
import { cliActor } from "@/lib/platform/auth";
import { randomToken } from "@/lib/platform/crypto";
import { parseWith } from "@/lib/platform/http";
import { issueToken } from "../tokens";
import { tokenCreate } from "../tokens/schema";
import { createUser, findUserIdByEmail, listUsers, updateUser } from "../users";
import { userCreate, userUpdate } from "../users/schema";
import { need, optional, readFlags, table, UsageError } from "./arguments";
import type { Output } from "./output";

/** Of `--password`, of the variable ROSTRUM_PASSWORD (not seen in process lists), or generated. */
function passwordOf(given: string | undefined): { password: string; generated: boolean } {
  const password = given ?? process.env.ROSTRUM_PASSWORD;
  return password ? { password, generated: false } : { password: randomToken(15), generated: true };
}

async function userIdOf(email: string): Promise<string> {
  const id = await findUserIdByEmail(email);
  if (!id) throw new UsageError(`There is nobody with the e-mail address ${email}.`);
  return id;
}

export async function userCreateCommand(argv: string[], output: Output): Promise<void> {
  const flags = readFlags(argv, ["email", "name", "role", "password"]);
  const email = need(flags, "email");
  const { password, generated } = passwordOf(optional(flags, "password"));
  const input = parseWith(userCreate, {
    email,
    name: optional(flags, "name") ?? email.split("@")[0],
    orgRole: optional(flags, "role") ?? null,
    password,
  });
  const user = await createUser(cliActor(), input);
  output.out(`${user.id}  ${user.email}${user.orgRole ? `  ${user.orgRole}` : ""}`);
  if (generated) output.out(`Password (shown this once): ${password}`);
}

export async function userListCommand(argv: string[], output: Output): Promise<void> {
  const flags = readFlags(argv, ["search"]);
  const rows: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listUsers(cliActor(), { limit: 200, cursor, q: optional(flags, "search") });
    for (const user of page.items) {
      const projects = user.projects.map((project) => `${project.slug}:${project.role}`).join(" ");
      const state = user.disabled ? "disabled" : user.isDemo ? "demo" : "";
      rows.push([user.email, user.name, user.orgRole ?? "", state, projects]);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  output.out(table(["EMAIL", "NAME", "ROLE", "STATE", "PROJECTS"], rows));
}

export async function userDisableCommand(argv: string[], output: Output): Promise<void> {
  const flags = readFlags(argv, ["email"], ["enable"]);
  const email = need(flags, "email");
  const disabled = flags.enable !== true;
  await updateUser(cliActor(), await userIdOf(email), { disabled });
  output.out(disabled ? `${email} is disabled; sessions and tokens are ended.` : `${email} is enabled.`);
}

export async function userPasswordCommand(argv: string[], output: Output): Promise<void> {
  const flags = readFlags(argv, ["email", "password"]);
  const email = need(flags, "email");
  const { password, generated } = passwordOf(optional(flags, "password"));
  await updateUser(cliActor(), await userIdOf(email), parseWith(userUpdate, { password }));
  output.out(`The password of ${email} is changed; all sessions are ended.`);
  if (generated) output.out(`Password (shown this once): ${password}`);
}

/** Prints the token alone, so that `TOKEN=$(npm run -s admin -- token create …)` works. */
export async function tokenCreateCommand(argv: string[], output: Output): Promise<void> {
  const flags = readFlags(argv, ["email", "scopes", "name", "days"]);
  const days = optional(flags, "days");
  const wanted = need(flags, "scopes")
    .split(",")
    .map((scope) => scope.trim())
    .filter(Boolean);
  const wrong = wanted.find((scope) => !(scopes as readonly string[]).includes(scope));
  if (wrong) throw new UsageError(`There is no scope "${wrong}"; choose from ${scopes.join(", ")}.`);
  const input = parseWith(tokenCreate, {
    name: optional(flags, "name") ?? "Command line",
    scopes: wanted,
    ...(days !== undefined && { expiresInDays: days === "never" ? null : Number(days) }),
  });
  const { token } = await issueToken(cliActor(), await userIdOf(need(flags, "email")), input);
  output.out(token);
}
