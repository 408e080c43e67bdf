import { type ParseArgsConfig, parseArgs } from "node:util";

/** One command of `npm run -s admin -- …`. Features define theirs; scripts/admin-commands.ts lists them all. */
export interface AdminCommand {
  /** One or two words: "token create". */
  name: string;
  /** The options as a person types them, for the help: "--email <address> --scopes <list>". */
  usage: string;
  summary: string;
  options: NonNullable<ParseArgsConfig["options"]>;
  /** It opens the database itself, if it needs one: there may be none yet. */
  standalone?: true;
  /** Writes its result, and nothing else, through `print`. Throw a `UsageError` for wrong options. */
  run(input: AdminInput): Promise<void>;
}

export interface AdminInput {
  values: Record<string, string | boolean | undefined>;
  positionals: string[];
  print(line: string): void;
}

/** The command was called wrongly; its usage is shown with the message. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The value of an option that must be there. @throws UsageError */
export function requireOption(input: AdminInput, name: string): string {
  const value = input.values[name];
  if (typeof value !== "string" || value === "") throw new UsageError(`Missing option: --${name}`);
  return value;
}

/**
 * Finds the command that `args` name and prepares its run; the longest name wins.
 * @throws UsageError when no command has that name or an option is unknown
 */
export function findCommand(commands: readonly AdminCommand[], args: readonly string[]) {
  const named = commands
    .filter((command) => command.name.split(" ").every((word, index) => args[index] === word))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (!named) throw new UsageError(`Unknown command: ${args.slice(0, 2).join(" ")}`);
  const rest = args.slice(named.name.split(" ").length);
  try {
    const parsed = parseArgs({ args: rest, options: named.options, allowPositionals: true, strict: true });
    const values = parsed.values as AdminInput["values"];
    return { command: named, values, positionals: parsed.positionals };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${reason}\nUsage: ${named.name} ${named.usage}`);
  }
}

/** The list of commands for people. */
export function helpText(commands: readonly AdminCommand[]): string {
  const lines = [...commands]
    .sort((a, b) => a.name.localeCompare(b.name))
    .map((command) => `  ${`${command.name} ${command.usage}`.trim()}\n      ${command.summary}`);
  return `npm run -s admin -- <command>\n\n${lines.join("\n")}`;
}
