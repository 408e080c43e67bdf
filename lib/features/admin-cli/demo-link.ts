import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { cliActor } from "@/lib/platform/auth";
import type { AdminInput } from "@/lib/platform/command-line";
import { getConfig } from "@/lib/platform/config";
import { createDemoLink } from "../identity";

/** Prints the link alone: it opens once, in one browser. */
export async function demoLinkCommand({ print }: AdminInput): Promise<void> {
  const token = await createDemoLink(cliActor());
  print(`${portalUrl()}/demo/${token}`);
}

const runningSchema = z.object({ url: z.url() });

/** Where people reach the portal: as set, else as the launcher of this data directory noted, whose port may be another. */
function portalUrl(): string {
  const { dataDir, publicUrl, publicUrlGiven } = getConfig();
  if (publicUrlGiven) return publicUrl;
  try {
    return runningSchema.parse(JSON.parse(readFileSync(join(dataDir, "rostrum.pid"), "utf8"))).url;
  } catch (error) {
    const isAbsent = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (isAbsent || error instanceof SyntaxError || error instanceof z.ZodError) return publicUrl;
    throw error;
  }
}
