import { openSync, readdirSync, readFileSync } from "node:fs";
import { environmentFd } from "./start-scripts";

/** O_CLOEXEC, as /proc/self/fdinfo shows flags: octal. */
const closeOnExec = 0o2000000;
let shields: ("ignore" | number)[] | undefined;

/**
 * Descriptors that this process inherited and would pass on to every program it starts, replaced by the null device: a
 * leaked directory or socket is a way out of every sandbox. To be appended to a child's streams behind its own.
 */
export function shieldedDescriptors(): readonly ("ignore" | number)[] {
  shields ??= shield();
  return shields;
}

function shield(): ("ignore" | number)[] {
  const inherited = readdirSync("/proc/self/fd")
    .map(Number)
    .filter((fd) => fd > environmentFd && isPassedOn(fd));
  if (inherited.length === 0) return [];
  const nothing = openSync("/dev/null", "r");
  const highest = Math.max(...inherited);
  return Array.from({ length: highest - environmentFd }, (_, index) =>
    inherited.includes(index + environmentFd + 1) ? nothing : "ignore",
  );
}

function isPassedOn(fd: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1];
    return (Number.parseInt(flags ?? "0", 8) & closeOnExec) === 0;
  } catch (error) {
    // The one that listed the directory.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
