import type { AdminCommand } from "@/lib/platform/command-line";
import {
  auditVerifyCommand,
  cloudCreateCommand,
  cloudListCommand,
  projectCreateCommand,
  projectLimitsCommand,
  projectListCommand,
  projectMemberCommand,
} from "./commands-organization";
import {
  tokenCreateCommand,
  tokenListCommand,
  tokenRevokeCommand,
  userCreateCommand,
  userDisableCommand,
  userListCommand,
  userPasswordCommand,
  userSignOutCommand,
} from "./commands-people";
import { demoLinkCommand } from "./demo-link";

function options(text: string, switches: string[] = []): AdminCommand["options"] {
  const named = text.split(" ").filter(Boolean);
  return Object.fromEntries([
    ...named.map((name) => [name, { type: "string" as const }]),
    ...switches.map((name) => [name, { type: "boolean" as const }]),
  ]);
}

const limitNames =
  "budget approval-limit quota-cpu quota-memory quota-storage quota-environments max-lease-days";
const limitUsage =
  "[--budget <amount>] [--approval-limit <amount>] [--quota-cpu <cores>] [--quota-memory 16Gi] [--quota-storage 100Gi] [--quota-environments <n>] [--max-lease-days <n>]";

/** The commands for users, tokens, projects, clouds, the demo and the audit log. */
export const organizationCommands: readonly AdminCommand[] = [
  {
    name: "user create",
    usage: "--email <email> [--name <name>] [--role admin|auditor|finance] [--password <password>]",
    summary: "Create a user. Generates a password unless --password or ROSTRUM_PASSWORD is set.",
    options: options("email name role password"),
    run: userCreateCommand,
  },
  {
    name: "user list",
    usage: "[--search <text>]",
    summary: "List users.",
    options: options("search"),
    run: userListCommand,
  },
  {
    name: "user disable",
    usage: "--email <email> [--enable]",
    summary: "Disable a user, or enable one with --enable.",
    options: options("email", ["enable"]),
    run: userDisableCommand,
  },
  {
    name: "user password",
    usage: "--email <email> [--password <password>]",
    summary: "Set a user's password. Revokes all sessions and API tokens.",
    options: options("email password"),
    run: userPasswordCommand,
  },
  {
    name: "user sign-out",
    usage: "--email <email> [--tokens]",
    summary: "Revoke all sessions of a user. With --tokens, also all API tokens.",
    options: options("email", ["tokens"]),
    run: userSignOutCommand,
  },
  {
    name: "token list",
    usage: "--email <email>",
    summary: "List a user's API tokens (metadata only).",
    options: options("email"),
    run: tokenListCommand,
  },
  {
    name: "token revoke",
    usage: "--email <email> --id <id>",
    summary: "Revoke an API token.",
    options: options("email id"),
    run: tokenRevokeCommand,
  },
  {
    name: "token create",
    usage: "--email <email> --scopes read,write,approve,admin [--name <name>] [--days <n>|never]",
    summary: "Create an API token and print only the token. Expires in 90 days by default.",
    options: options("email scopes name days"),
    run: tokenCreateCommand,
  },
  {
    name: "project create",
    usage: `--slug <slug> [--name <name>] [--cost-center <code>] [--owner <email>] [--currency EUR] ${limitUsage}`,
    summary: "Create a project. Creates the cost center if it does not exist.",
    options: options(`slug name cost-center owner currency ${limitNames}`),
    run: projectCreateCommand,
  },
  {
    name: "project limits",
    usage: `--project <slug> ${limitUsage}`,
    summary: 'Set project limits. Use "none" to remove a limit.',
    options: options(`project ${limitNames}`),
    run: projectLimitsCommand,
  },
  {
    name: "project list",
    usage: "",
    summary: "List projects.",
    options: options(""),
    run: projectListCommand,
  },
  {
    name: "project member",
    usage: "--project <slug> --email <email> (--role owner|approver|developer|viewer | --remove)",
    summary: "Add a member, change a role or remove a member.",
    options: options("project email role", ["remove"]),
    run: projectMemberCommand,
  },
  {
    name: "cloud create",
    usage:
      "--name <name> --driver <driver> [--title <title>] [--config <json>] [--credentials-file <file>] [--label a=b,c=d]",
    summary: "Create a cloud. Reads credentials from a JSON file and stores them encrypted.",
    options: options("name title driver config credentials-file label"),
    run: cloudCreateCommand,
  },
  {
    name: "cloud list",
    usage: "",
    summary: "List clouds and their health.",
    options: options(""),
    run: cloudListCommand,
  },
  {
    name: "demo link",
    usage: "",
    summary: "Print a one-time link for signing in as a demo user in one browser.",
    options: options(""),
    run: demoLinkCommand,
  },
  {
    name: "audit verify",
    usage: "",
    summary: "Verify the audit log, its seals and heads. Exits with 1 if verification fails.",
    options: options(""),
    run: auditVerifyCommand,
  },
];
