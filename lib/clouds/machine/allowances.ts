import { formatBytes, formatCpu } from "@/lib/kernel/format";
import type { Allowance, Allowances } from "../allowances";
import type { MachineConfig } from "./config";

/** What a process may ask for on this machine, with the settings that decide. */
export function allowancesOf(config: MachineConfig): Allowances {
  const [first, last] = config.portRange;
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
      bySetting(
        "User",
        ["uidRange"],
        `One of its own, from ${config.uidRange.join("-")}, where Rostrum runs as root. Else the user Rostrum runs as.`,
      ),
      {
        subject: "Volumes",
        rule: "allowed",
        detail: "Named volumes in the component's own folder.",
        settings: [],
      },
      {
        subject: "Files of the host",
        rule: "refused",
        detail:
          "Where components are isolated, a process sees system programs read-only and its own folders. All else does not exist for it.",
        settings: [],
      },
      {
        subject: "Other processes",
        rule: "refused",
        detail: "Where components are isolated, a process sees only what it started itself.",
        settings: [],
      },
      {
        subject: "Network",
        rule: "allowed",
        detail:
          "Outward, and its own environment. Where the network is isolated, neither this host nor other environments.",
        settings: [],
      },
      {
        subject: "Devices, capabilities, mounts, namespaces",
        rule: "refused",
        detail: "A process has no privileges and cannot gain any.",
        settings: [],
      },
    ],
  };
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
