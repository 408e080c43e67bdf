import { AppError } from "@/lib/kernel/errors";
import { errorLines, UsageError } from "./arguments";
import {
  auditVerifyCommand,
  cloudCreateCommand,
  cloudListCommand,
  projectCreateCommand,
  projectListCommand,
  projectMemberCommand,
} from "./commands-organisation";
import {
  tokenCreateCommand,
  userCreateCommand,
  userDisableCommand,
  userListCommand,
  userPasswordCommand,
} from "./commands-people";
import { type Output, terminal } from "./output";

/** Answers false when it worked but found something wrong. */
type Command = (argv: string[], output: Output) => Promise<boolean | undefined> | Promise<void>;

const commands: Record<string, { run: Command; usage: string; help: string }> = {
  "user create": {
    run: userCreateCommand,
    usage: "--email <e-mail> [--name <name>] [--role admin|auditor|finance] [--password <password>]",
    help: "Create a person. Without a password (also ROSTRUM_PASSWORD) one is generated and shown.",
  },
  "user list": { run: userListCommand, usage: "[--search <text>]", help: "List people." },
  "user disable": {
    run: userDisableCommand,
    usage: "--email <e-mail> [--enable]",
    help: "Disable a person at once, or enable again.",
  },
  "user password": {
    run: userPasswordCommand,
    usage: "--email <e-mail> [--password <password>]",
    help: "Set a person's password and end their sessions.",
  },
  "token create": {
    run: tokenCreateCommand,
    usage: "--email <e-mail> --scopes read,write,approve,admin [--name <name>] [--days <n>|never]",
    help: "Create a token for a person and print it alone. It lives 90 days unless said otherwise.",
  },
  "project create": {
    run: projectCreateCommand,
    usage:
      "--slug <slug> [--name <name>] [--cost-center <code>] [--owner <e-mail>] [--budget <amount>] [--approval-limit <amount>] [--currency EUR]",
    help: "Create a project, and its cost center where that is new.",
  },
  "project list": { run: projectListCommand, usage: "", help: "List projects." },
  "project member": {
    run: projectMemberCommand,
    usage: "--project <slug> --email <e-mail> (--role owner|approver|developer|viewer | --remove)",
    help: "Add a member, change a role, or remove a member.",
  },
  "cloud create": {
    run: cloudCreateCommand,
    usage:
      "--name <name> --driver <driver> [--title <title>] [--config <json>] [--credentials-file <file>] [--label a=b,c=d]",
    help: "Register a cloud. Credentials are read from a JSON file and stored encrypted.",
  },
  "cloud list": { run: cloudListCommand, usage: "", help: "List clouds and their health." },
  "audit verify": {
    run: auditVerifyCommand,
    usage: "",
    help: "Verify the audit chain; exit code 1 when broken.",
  },
};

/**
 * Runs one command of the administrator's command line on the host. Answers the exit code: 0 done, 1 refused or found
 * broken, 2 not understood. Unexpected errors are thrown to the launcher.
 */
export async function runAdminCommand(argv: string[], output: Output = terminal): Promise<number> {
  const [noun = "help", verb = "", ...rest] = argv;
  if (["help", "--help", "-h"].includes(noun)) {
    output.out(helpText());
    return 0;
  }
  const name = `${noun} ${verb}`;
  const command = commands[name];
  if (!command) {
    output.err(`There is no command "${name.trim()}". Try: npm run -s admin -- help`);
    return 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    output.out(`${name} ${command.usage}\n  ${command.help}`);
    return 0;
  }
  try {
    return (await command.run(rest, output)) === false ? 1 : 0;
  } catch (error) {
    if (error instanceof UsageError) {
      output.err(`${error.message}\nUsage: npm run -s admin -- ${name} ${command.usage}`);
      return 2;
    }
    if (error instanceof AppError) {
      for (const line of errorLines(error)) output.err(line);
      return 1;
    }
    throw error;
  }
}

function helpText(): string {
  const lines = Object.entries(commands).map(
    ([name, { usage, help }]) => `  ${name} ${usage}\n      ${help}`,
  );
  return ["Usage: npm run -s admin -- <command>", "", ...lines].join("\n");
}
