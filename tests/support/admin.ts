import { findCommand } from "@/lib/platform/command-line";
import { adminCommands } from "@/scripts/admin-commands";

/** What a command of `npm run admin` prints, run in this process. */
export async function admin$(...argv: string[]): Promise<string[]> {
  const { command, values, positionals } = findCommand(adminCommands, argv);
  const lines: string[] = [];
  await command.run({ values, positionals, print: (line) => lines.push(line) });
  return lines;
}
