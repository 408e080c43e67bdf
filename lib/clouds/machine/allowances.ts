import { formatBytes, formatCpu } from "@/lib/kernel/format";
import type { Allowance, Allowances } from "../allowances";
import type { MachineConfig } from "./config";

/** How far a host can keep components apart, as the cloud's check finds it. */
const levels = ["namespaces", "separate users", "none"] as const;
type Level = (typeof levels)[number];

/**
 * What a process may do on this machine, with the settings that decide. `facts` are those of the cloud's last check
 * (`checkMachine`): what holds a process back depends on the host. Before the first check the least is promised.
 */
export function allowancesOf(config: MachineConfig, facts: Record<string, string>): Allowances {
  const [first, last] = config.portRange;
  const level = levels.find((one) => one === facts.isolation) ?? "none";
  return {
    title: "Process permissions",
    rows: [
      bySetting(
        "Programs",
        ["allowPrograms"],
        config.allowPrograms.length === 0
          ? "Built-in runtimes only: node, postgres, redis, valkey, static."
          : `Built-in runtimes and ${config.allowPrograms.join(", ")}.`,
      ),
      bySetting(
        "Ports",
        ["bind", "portRange"],
        `On ${config.bind} only. Rostrum assigns ports from ${first}-${last}.`,
      ),
      bySetting(
        "Git sources",
        ["allowFileGit"],
        config.allowFileGit
          ? "Any address, including local folders and loopback."
          : "Any address except local folders and loopback.",
      ),
      bySetting("CPU, memory and storage", ["capacity"], capacityOf(config)),
      userRow(config, level, facts),
      {
        subject: "Volumes",
        rule: "allowed",
        detail: "Named volumes in the component’s own folder.",
        settings: [],
      },
      { subject: "Files of the host", settings: [], ...files[level] },
      { subject: "Other processes", settings: [], ...processes[level] },
      {
        subject: "Network",
        rule: "allowed",
        detail:
          facts.network === "isolated"
            ? "Outbound and its own environment. No access to this host or other environments."
            : "Outbound, this host and every environment on it. Processes can listen on any free port. Over plain HTTP, a browser that opens such a port may send it the portal’s cookies: serve the portal over HTTPS.",
        settings: [],
      },
      { subject: "Devices, capabilities, mounts, namespaces", settings: [], ...privileges[level] },
    ],
  };
}

type Answer = Pick<Allowance, "rule" | "detail">;

const files: Record<Level, Answer> = {
  namespaces: {
    rule: "refused",
    detail: "A process sees read-only system programs and its own folders, and nothing else.",
  },
  "separate users": {
    rule: "allowed",
    detail:
      "Files that every user of this host can read. Files of Rostrum and of other components are private.",
  },
  none: { rule: "allowed", detail: "All files that the user Rostrum runs as can read and write." },
};

const processes: Record<Level, Answer> = {
  namespaces: { rule: "refused", detail: "A process sees only processes that it started itself." },
  "separate users": {
    rule: "allowed",
    detail: "A process sees the processes of this host. It can signal only those of its own component.",
  },
  none: {
    rule: "allowed",
    detail: "A process sees the processes of this host. It can signal those of the user Rostrum runs as.",
  },
};

const privileges: Record<Level, Answer> = {
  namespaces: { rule: "refused", detail: "A process has no privileges and can’t gain any." },
  "separate users": { rule: "refused", detail: "A process has no privileges and can’t gain any." },
  none: {
    rule: "refused",
    detail: "A process has the privileges of the user Rostrum runs as and can’t gain more.",
  },
};

function userRow({ uidRange }: MachineConfig, level: Level, facts: Record<string, string>): Allowance {
  if (facts.users === "one per component") {
    return bySetting("User", ["uidRange"], `A separate user per component, from ${uidRange.join("-")}.`);
  }
  const where = level === "namespaces" ? ", in the component’s own namespaces" : "";
  return { subject: "User", rule: "allowed", detail: `The user Rostrum runs as${where}.`, settings: [] };
}

function bySetting(subject: string, settings: string[], detail: string): Allowance {
  return { subject, rule: "by_setting", detail, settings };
}

function capacityOf({ capacity }: MachineConfig): string {
  const parts = [
    ...(capacity.cpu ? [formatCpu(capacity.cpu)] : []),
    ...(capacity.memoryBytes ? [`${formatBytes(capacity.memoryBytes)} memory`] : []),
    ...(capacity.storageBytes ? [`${formatBytes(capacity.storageBytes)} storage`] : []),
  ];
  return `By component size, out of ${parts.length > 0 ? parts.join(", ") : "the whole machine"}.`;
}
