import { rmSync } from "node:fs";
import { join } from "node:path";
import { readProcess, signalProcess } from "@/lib/platform/exec/process-table";
import { pathHash } from "@/lib/platform/exec/reachable";
import { droppings, hostProcesses } from "./host";
import { sweepNetworks } from "./sweep-network";

/** How many user ids a run has. */
export const uidsOfRun = 1_000;

const outside = "/var/lib/rostrum";

/** Where the machine cloud of a run may have put its folders, given the data directory of the run. */
export function rootsOf(dataDir: string): string[] {
  const paths = [join(dataDir, "clouds", "cld_hostile"), dataDir];
  return [dataDir, ...paths.map((path) => join(outside, pathHash(path)))];
}

/**
 * Ends and removes what a run left, also one that was killed, so that a failed test is not the next one's failure. Only
 * what names the run, or belongs to a user that exists for it alone, is touched.
 */
export function sweep(stage: string, firstUid: number, isOfRun: (uid: number) => boolean): void {
  for (let tries = 0; tries < 20; tries += 1) {
    const left = hostProcesses().filter(
      (info) => info.state !== "Z" && (isOfRun(info.uid) || info.environment.includes(stage)),
    );
    if (left.length === 0) break;
    for (const { pid } of left) {
      const identity = readProcess(pid);
      if (identity && pid !== process.pid) signalProcess(identity, "SIGKILL");
    }
  }
  for (const text of droppings("hostile-", isOfRun)) {
    rmSync(text.replace(/^file /, ""), { recursive: true, force: true });
  }
  const names = Array.from({ length: uidsOfRun }, (_, at) => String(firstUid + at));
  for (const name of [...names, `next-${firstUid}-${firstUid + uidsOfRun - 1}`]) {
    rmSync(join(outside, "uids", name), { force: true });
  }
  const roots = rootsOf(join(stage, "run", "data"));
  if (process.getuid?.() === 0) sweepNetworks(roots);
  for (const root of roots) rmSync(root, { recursive: true, force: true });
}
