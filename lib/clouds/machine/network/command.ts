import { Readable } from "node:stream";
import { runChild } from "@/lib/platform/exec/child";

const commandMs = 15_000;

/** Runs one of the host's network tools as root and answers what it printed. @throws Error with what it complained of */
export async function command(words: readonly string[], input?: string): Promise<string> {
  const result = await runChild(words, {
    cwd: "/",
    environment: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
    timeoutMs: commandMs,
    ...(input === undefined ? {} : { stdin: Readable.from([input]) }),
  });
  if (result.exitCode === 0) return result.stdout;
  const said = result.stderr.trim().split("\n")[0] ?? "";
  throw new Error(`${words[0]}: ${said === "" ? `exit code ${result.exitCode ?? result.signal}` : said}`);
}
