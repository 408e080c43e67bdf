import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** LISTEN, as /proc/net/tcp writes the state of a socket; see proc_pid_net(5). */
const listening = "0A";

/**
 * Whether that very process listens on a TCP port, in the network it lives in. What answers at a port may be anybody;
 * a secret is only told to the process it is meant for. False where that cannot be told.
 */
export function listensOn(pid: number, port: number): boolean {
  const sockets = new Set(
    ["tcp", "tcp6"].flatMap((table) => listeningSockets(`/proc/${pid}/net/${table}`, port)),
  );
  if (sockets.size === 0) return false;
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)));
  } catch {
    // It has ended, or belongs to someone else.
    return false;
  }
}

function listeningSockets(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  let text: string;
  try {
    text = readFileSync(table, "utf8");
  } catch {
    // The process has ended, or the host has no IPv6.
    return [];
  }
  return text.split("\n").flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const isIt = fields[3] === listening && fields[1]?.split(":")[1] === wanted;
    return isIt ? [`socket:[${fields[9]}]`] : [];
  });
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    // Closed in between.
    return "";
  }
}
