import { formatBytes, formatCount, formatCpu } from "@/lib/kernel/format";
import { parseBytes } from "@/lib/kernel/quantities";
import type { ContainerRule, Facts } from "./rules";

/** What no one asks for and every container has; shown with the rest. */
export const standingRules: readonly ContainerRule[] = [
  {
    keys: [],
    subject: "Processes and open files",
    rule: "by_setting",
    settings: ["pidsLimit", "openFilesLimit"],
    detail: ({ pidsLimit, openFilesLimit }, facts) =>
      `At most ${formatCount(pidsLimit, "process", "processes")} or threads in a container, and ${formatCount(openFilesLimit, "open file")} in a process. No core dumps.${missing(facts, "limitsProcesses", "the number of processes")}`,
  },
  {
    keys: [],
    subject: "CPU and memory",
    rule: "by_setting",
    settings: ["defaultCpu", "defaultMemory"],
    detail: ({ defaultCpu, defaultMemory }, facts) =>
      `Limited to the component's size; ${formatCpu(defaultCpu)} and ${formatBytes(parseBytes(defaultMemory))} where it states none. No swap.${missing(facts, "limitsMemory", "memory")}${missing(facts, "limitsSwap", "swap")}`,
  },
  {
    keys: [],
    subject: "System calls (seccomp, AppArmor)",
    rule: "refused",
    ruleBy: (facts) => (filtersCalls(facts) || facts.appArmor === "on" ? "refused" : "allowed"),
    detail: (_config, facts) => profilesOf(facts),
  },
  {
    keys: [],
    subject: "Privilege escalation",
    rule: "refused",
    detail: () => "no-new-privileges is always set, so set-user-ID programs have no effect.",
  },
  {
    keys: [],
    subject: "Containers of other environments",
    rule: "refused",
    detail: () => "Each environment has its own bridge network, isolated by the engine.",
  },
  {
    keys: [],
    subject: "Host and metadata addresses",
    rule: "allowed",
    detail: () =>
      "The host's loopback is unreachable. Docker can't block its other addresses or 169.254.169.254: use the host's DOCKER-USER chain.",
  },
];

/** A sentence about a limit that this engine can't set. */
function missing(facts: Facts, fact: string, what: string): string {
  return facts[fact] === "no" ? ` This engine can't limit ${what}.` : "";
}

function filtersCalls({ seccomp }: Facts): boolean {
  return seccomp !== undefined && seccomp !== "off" && seccomp !== "unconfined";
}

/** Nothing is promised before the engine was checked. */
function profilesOf(facts: Facts): string {
  if (facts.seccomp === undefined) return "Unknown until the engine is checked.";
  const seccomp = filtersCalls(facts)
    ? `The engine blocks system calls by its seccomp profile (${facts.seccomp}).`
    : "The engine's seccomp profile is off: containers can make any system call.";
  return `${seccomp} AppArmor is ${facts.appArmor === "on" ? "on" : "off"}.`;
}
