import type { AdminCommand } from "@/lib/platform/command-line";
import {
  auditVerifyCommand,
  cloudCreateCommand,
  cloudListCommand,
  projectCreateCommand,
  projectLimitsCommand,
  projectListCommand,
  projectMemberCommand,
} from "./commands-organisation";
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

/** The commands for people, tokens, projects, clouds, the demo and the audit chain. */
export const organisationCommands: readonly AdminCommand[] = [
  {
    name: "user create",
    usage: "--email <e-mail> [--name <name>] [--role admin|auditor|finance] [--password <password>]",
    summary: "Create a person. Without a password (also ROSTRUM_PASSWORD) one is generated and shown.",
    options: options("email name role password"),
    run: userCreateCommand,
  },
  {
    name: "user list",
    usage: "[--search <text>]",
    summary: "List people.",
    options: options("search"),
    run: userListCommand,
  },
  {
    name: "user disable",
    usage: "--email <e-mail> [--enable]",
    summary: "Disable a person at once, or enable again.",
    options: options("email", ["enable"]),
    run: userDisableCommand,
  },
  {
    name: "user password",
    usage: "--email <e-mail> [--password <password>]",
    summary: "Set a person's password and end their sessions.",
    options: options("email password"),
    run: userPasswordCommand,
  },
  {
    name: "user sign-out",
    usage: "--email <e-mail> [--tokens]",
    summary: "End all sessions of a person at once; with --tokens the tokens too.",
    options: options("email", ["tokens"]),
    run: userSignOutCommand,
  },
  {
    name: "token list",
    usage: "--email <e-mail>",
    summary: "List a person's tokens, never what they are.",
    options: options("email"),
    run: tokenListCommand,
  },
  {
    name: "token revoke",
    usage: "--email <e-mail> --id <id>",
    summary: "Revoke a token at once.",
    options: options("email id"),
    run: tokenRevokeCommand,
  },
  {
    name: "token create",
    usage: "--email <e-mail> --scopes read,write,approve,admin [--name <name>] [--days <n>|never]",
    summary: "Create a token for a person and print it alone. It lives 90 days unless said otherwise.",
    options: options("email scopes name days"),
    run: tokenCreateCommand,
  },
  {
    name: "project create",
    usage: `--slug <slug> [--name <name>] [--cost-center <code>] [--owner <e-mail>] [--currency EUR] ${limitUsage}`,
    summary: "Create a project, and its cost center where that is new.",
    options: options(`slug name cost-center owner currency ${limitNames}`),
    run: projectCreateCommand,
  },
  {
    name: "project limits",
    usage: `--project <slug> ${limitUsage}`,
    summary: 'Change limits of a project; "none" takes one away.',
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
    usage: "--project <slug> --email <e-mail> (--role owner|approver|developer|viewer | --remove)",
    summary: "Add a member, change a role, or remove a member.",
    options: options("project email role", ["remove"]),
    run: projectMemberCommand,
  },
  {
    name: "cloud create",
    usage:
      "--name <name> --driver <driver> [--title <title>] [--config <json>] [--credentials-file <file>] [--label a=b,c=d]",
    summary: "Register a cloud. Credentials are read from a JSON file and stored encrypted.",
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
    summary: "Print a one-time link that lets one browser sign in as demo users.",
    options: options(""),
    run: demoLinkCommand,
  },
  {
    name: "audit verify",
    usage: "",
    summary: "Verify the audit chain; exit code 1 when broken.",
    options: options(""),
    run: auditVerifyCommand,
  },
];
