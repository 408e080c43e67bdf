import { createHash } from "node:crypto";
import { type ComponentRef, DriverError } from "../contract";
import { portRangeOf } from "./config";
import type { DockerCloud } from "./engine";
import { labels, refLabels } from "./names";
import { listContainers, type Own } from "./own";
import { listRecords } from "./record";
import type { LogicalPort } from "./spec";

/** Logical → host port that a component holds already, by its record or its containers. */
export function portsHeld(own: Own): Record<string, number> {
  const held: Record<string, number> = {};
  for (const container of own.containers) Object.assign(held, readPorts(container.labels[labels.ports]));
  return { ...held, ...own.record?.ports };
}

export function readPorts(text: string | undefined): Record<string, number> {
  if (!text) return {};
  try {
    const value: unknown = JSON.parse(text);
    if (value === null || typeof value !== "object") return {};
    return Object.fromEntries(
      Object.entries(value).filter((entry): entry is [string, number] => Number.isInteger(entry[1])),
    );
  } catch {
    // A label edited by hand: the component gets a new port, which its neighbors learn in the same run.
    return {};
  }
}

/** Host ports that something on the engine uses or that Rostrum promised to a component. */
export async function portsTaken(cloud: DockerCloud, signal: AbortSignal): Promise<Set<number>> {
  const [containers, records] = await Promise.all([
    listContainers(cloud, undefined, { signal }),
    listRecords(cloud, { signal }),
  ]);
  const taken = new Set<number>();
  for (const container of containers) {
    for (const port of container.Ports ?? []) if (port.PublicPort) taken.add(port.PublicPort);
    for (const port of Object.values(readPorts(container.Labels?.[labels.ports]))) taken.add(port);
  }
  for (const record of records) for (const port of Object.values(record.ports)) taken.add(port);
  return taken;
}

/**
 * A host port for every logical port: the held one, else a free one of the range. The search starts at a
 * place told by the component's name, so that components created side by side rarely meet.
 */
export function choosePorts(
  cloud: DockerCloud,
  ref: ComponentRef,
  wanted: LogicalPort[],
  held: Record<string, number>,
  taken: ReadonlySet<number>,
): Record<string, number> {
  const range = portRangeOf(cloud.config);
  const count = range.to - range.from + 1;
  const chosen: Record<string, number> = {};
  const used = new Set(taken);
  for (const { port } of wanted) {
    const logical = String(port);
    // A port spoken over TCP and UDP is published once, under one number.
    const kept = chosen[logical] ?? held[logical];
    if (kept !== undefined) {
      chosen[logical] = kept;
      continue;
    }
    const start = startOf(`${ref.environmentId}/${ref.component}/${logical}`, count);
    let offset = 0;
    while (offset < count && used.has(range.from + ((start + offset) % count))) offset += 1;
    if (offset === count) {
      throw new DriverError(
        "permanent",
        `No free ports in range ${range.from}-${range.to} on the engine’s host.`,
        {
          hint: "Destroy unused environments or widen the port range.",
        },
      );
    }
    const found = range.from + ((start + offset) % count);
    chosen[logical] = found;
    used.add(found);
  }
  return chosen;
}

function startOf(text: string, count: number): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) % count;
}

const inUse = /port is already allocated|address already in use|ports are not available/i;

/** The host port a failed start stumbled over; null when it failed for something else. */
export function portInUse(error: unknown): number | null {
  const text = error instanceof Error ? error.message : "";
  if (!inUse.test(text)) return null;
  const match = /:(\d{2,5})(?::| failed| ->|\/tcp|\/udp)/.exec(text);
  return match ? Number(match[1]) : null;
}

/** Published ports as the engine takes them, on the one address that the cloud's configuration names. */
export function bindingsOf(
  bind: string,
  ports: readonly LogicalPort[],
  hostPorts: Record<string, number>,
): Record<string, { HostIp: string; HostPort: string }[]> {
  return Object.fromEntries(
    ports.map((entry) => [
      `${entry.port}/${entry.protocol}`,
      [{ HostIp: bind, HostPort: String(hostPorts[String(entry.port)]) }],
    ]),
  );
}

/** Labels of a component's containers that say where it answers. */
export function portLabels(
  cloud: DockerCloud,
  ref: ComponentRef,
  role: "component" | "balancer",
  hostPorts: Record<string, number>,
  web: number | null,
): Record<string, string> {
  return {
    ...refLabels(cloud.host.cloudId, ref, role),
    [labels.ports]: JSON.stringify(hostPorts),
    [labels.web]: web === null ? "" : String(web),
  };
}
