import { formatBytes, formatCpu } from "@/lib/kernel/format";
import type { Allowance, Allowances } from "../allowances";
import type { MachineConfig } from "./config";

/** How far a host can keep components apart, as the cloud's check finds it. */
const levels = ["namespaces", "separate users", "none"] as const;
type Level = (typeof levels)[number];

/**
 * What a process may ask for on this machine, with the settings that decide. `facts` are those of the cloud's last check
 * (`checkMachine`): what holds a process back depends on the host. Before the first check the least is promised.
 */
export function allowancesOf(config: MachineConfig, facts: Record<string, string>): Allowances {
  const [first, last] = config.portRange;
  const level = levels.find((one) => one === facts.isolation) ?? "none";
  return {
    title: "What a process may ask for",
    rows: [
      bySetting(
        "Programs",
        ["allowPrograms"],
        config.allowPrograms.length === 0
          ? "The built-in runtimes alone: node, postgres, redis, valkey, static."
          : `The built-in runtimes, and ${config.allowPrograms.join(", ")}.`,
      ),
      bySetting(
        "Ports",
        ["bind", "portRange"],
        `Ports of ${first}-${last} that Rostrum chooses, on ${config.bind}.`,
      ),
      bySetting(
        "Git sources",
        ["allowFileGit"],
        config.allowFileGit
          ? "Any address, local folders and loopback too."
          : "Addresses that lead neither to local folders nor to loopback.",
      ),
      bySetting("CPU, memory and storage", ["capacity"], capacityOf(config)),
      userRow(config, level, facts),
      {
        subject: "Volumes",
        rule: "allowed",
        detail: "Named volumes in the component's own folder.",
        settings: [],
      },
      { subject: "Files of the host", settings: [], ...files[level] },
      { subject: "Other processes", settings: [], ...processes[level] },
      {
        subject: "Network",
        rule: "allowed",
        detail:
          facts.network === "isolated"
            ? "Outward, and its own environment. Neither this host nor other environments."
            : "Outward, this host, and every environment on it; a process may listen on any free port. Over plain http a browser that opens it may hand over the portal's cookies: serve the portal over https.",
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
    detail: "A process sees system programs read-only and its own folders. All else does not exist for it.",
  },
  "separate users": {
    rule: "allowed",
    detail:
      "Whatever every user of this host can read. Rostrum's own files and other components' are private.",
  },
  none: { rule: "allowed", detail: "Whatever the user Rostrum runs as can read and write." },
};

const processes: Record<Level, Answer> = {
  namespaces: { rule: "refused", detail: "A process sees only what it started itself." },
  "separate users": {
    rule: "allowed",
    detail: "A process sees the processes of this host, and can signal only its own component's.",
  },
  none: {
    rule: "allowed",
    detail: "A process sees the processes of this host, and can signal those of the user Rostrum runs as.",
  },
};

const privileges: Record<Level, Answer> = {
  namespaces: { rule: "refused", detail: "A process has no privileges and cannot gain any." },
  "separate users": { rule: "refused", detail: "A process has no privileges and cannot gain any." },
  none: {
    rule: "refused",
    detail: "A process has the privileges of the user Rostrum runs as, and cannot gain more.",
  },
};

function userRow({ uidRange }: MachineConfig, level: Level, facts: Record<string, string>): Allowance {
  if (facts.users === "one per component") {
    return bySetting("User", ["uidRange"], `One of its own, from ${uidRange.join("-")}.`);
  }
  const where = level === "namespaces" ? ", in namespaces of the component's own" : "";
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
  return `As the component's size says, from ${parts.length > 0 ? parts.join(", ") : "what the machine has"}.`;
}
