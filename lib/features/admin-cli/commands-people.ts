import { scopes } from "@/lib/kernel/permissions";
import { cliActor } from "@/lib/platform/auth";
import { type AdminInput, requireOption, UsageError } from "@/lib/platform/command-line";
import { commandPassword } from "@/lib/platform/config";
import { randomToken } from "@/lib/platform/crypto";
import { parseWith } from "@/lib/platform/http";
import { issueToken, listTokens, revokeTokenOf } from "../tokens";
import { tokenCreate } from "../tokens/schema";
import {
  createUser,
  endAccess,
  findUserIdByEmail,
  initialPasswordDays,
  listUsers,
  updateUser,
} from "../users";
import { userCreate, userUpdate } from "../users/schema";
import { optionOf, table } from "./arguments";

/** Of `--password`, of the variable ROSTRUM_PASSWORD (not seen in process lists), or generated. */
function passwordOf(given: string | undefined): { password: string; generated: boolean } {
  const password = given ?? commandPassword();
  return password ? { password, generated: false } : { password: randomToken(16), generated: true };
}

function printPassword(input: AdminInput, password: string): void {
  input.print(`Password (shown only once): ${password}`);
  input.print(`The password expires in ${initialPasswordDays} days. The user can change it under Account.`);
}

async function userIdOf(email: string): Promise<string> {
  const id = await findUserIdByEmail(email);
  if (!id) throw new UsageError(`User not found: ${email}`);
  return id;
}

export async function userCreateCommand(input: AdminInput): Promise<void> {
  const email = requireOption(input, "email");
  const { password, generated } = passwordOf(optionOf(input, "password"));
  const data = parseWith(userCreate, {
    email,
    name: optionOf(input, "name") ?? email.split("@")[0],
    orgRole: optionOf(input, "role") ?? null,
    password,
  });
  const user = await createUser(cliActor(), data, { lasting: !generated });
  input.print(`${user.id}  ${user.email}${user.orgRole ? `  ${user.orgRole}` : ""}`);
  if (generated) printPassword(input, password);
}

export async function userListCommand(input: AdminInput): Promise<void> {
  const rows: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await listUsers(cliActor(), { limit: 200, cursor, q: optionOf(input, "search") });
    for (const user of page.items) {
      const projects = user.projects.map((project) => `${project.slug}:${project.role}`).join(" ");
      const state = user.disabled ? "disabled" : user.isDemo ? "demo" : "";
      rows.push([user.email, user.name, user.orgRole ?? "", state, projects]);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  input.print(table(["EMAIL", "NAME", "ROLE", "STATUS", "PROJECTS"], rows));
}

export async function userDisableCommand(input: AdminInput): Promise<void> {
  const email = requireOption(input, "email");
  const disabled = input.values.enable !== true;
  await updateUser(cliActor(), await userIdOf(email), { disabled });
  input.print(disabled ? `Disabled ${email}. Sessions and tokens revoked.` : `Enabled ${email}.`);
}

export async function userPasswordCommand(input: AdminInput): Promise<void> {
  const email = requireOption(input, "email");
  const { password, generated } = passwordOf(optionOf(input, "password"));
  const change = parseWith(userUpdate, { password });
  await updateUser(cliActor(), await userIdOf(email), change, { lasting: !generated });
  input.print(`Changed the password of ${email}. Sessions and tokens revoked.`);
  if (generated) printPassword(input, password);
}

/** Ends all of a person's sessions, with --tokens the tokens too. */
export async function userSignOutCommand(input: AdminInput): Promise<void> {
  const email = requireOption(input, "email");
  const withTokens = input.values.tokens === true;
  await endAccess(cliActor(), await userIdOf(email), withTokens);
  input.print(`Revoked all sessions${withTokens ? " and tokens" : ""} of ${email}.`);
}

export async function tokenListCommand(input: AdminInput): Promise<void> {
  const tokens = await listTokens({ userId: await userIdOf(requireOption(input, "email")) });
  const rows = tokens.map((token) => [
    token.id,
    token.prefix,
    token.name,
    token.scopes.join(","),
    token.expiresAt ?? "never",
  ]);
  input.print(table(["ID", "PREFIX", "NAME", "SCOPES", "EXPIRES"], rows));
}

export async function tokenRevokeCommand(input: AdminInput): Promise<void> {
  const id = requireOption(input, "id");
  await revokeTokenOf(cliActor(), await userIdOf(requireOption(input, "email")), id);
  input.print(`Revoked ${id}.`);
}

/** Whole days from 1 to 366; null for "never", undefined when it is left out. */
function daysOf(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  if (text === "never") return null;
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 366) return days;
  throw new UsageError('--days expects a whole number from 1 to 366, or "never".');
}

/** Prints the token alone, so that `TOKEN=$(npm run -s admin -- token create …)` works. */
export async function tokenCreateCommand(input: AdminInput): Promise<void> {
  const days = daysOf(optionOf(input, "days"));
  const wanted = requireOption(input, "scopes")
    .split(",")
    .map((scope) => scope.trim())
    .filter(Boolean);
  const wrong = wanted.find((scope) => !(scopes as readonly string[]).includes(scope));
  if (wrong) throw new UsageError(`Unknown scope: ${wrong}. Available scopes: ${scopes.join(", ")}`);
  const data = parseWith(tokenCreate, {
    name: optionOf(input, "name") ?? "CLI",
    scopes: wanted,
    ...(days !== undefined && { expiresInDays: days }),
  });
  const { token } = await issueToken(cliActor(), await userIdOf(requireOption(input, "email")), data);
  input.print(token);
}
