import { execFileSync } from "node:child_process";
import { type EmbeddedLocation, findRunningServer } from "@/lib/platform/db/embedded-location";

/** Lets an embedded server stand still with all of its processes, as on a machine that hangs, until the answer is called. */
export function holdDatabase(location: EmbeddedLocation): () => void {
  const server = findRunningServer(location);
  if (!server) throw new Error("The server does not run.");
  // The first process stops first: from then on it starts no others.
  process.kill(server.pid, "SIGSTOP");
  const children = execFileSync("pgrep", ["-P", String(server.pid)], { encoding: "utf8" });
  const processes = [...children.trim().split("\n").map(Number), server.pid];
  const signal = (name: NodeJS.Signals) => {
    for (const pid of processes) process.kill(pid, name);
  };
  signal("SIGSTOP");
  return () => signal("SIGCONT");
}
