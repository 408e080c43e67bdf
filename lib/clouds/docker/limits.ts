import { parseBytes } from "@/lib/kernel/quantities";
import type { Size } from "../contract";
import type { DockerConfig } from "./config";

/** CPU and memory of one container. `cpu` in cores. */
export type Limits = Pick<Size, "cpu" | "memoryBytes">;

/** What a helper container gets: it copies, moves and removes files. */
export const helperLimits: Limits = { cpu: 1, memoryBytes: 256 * 2 ** 20 };

/** What a balancer gets: it passes TCP connections on. */
export const balancerLimits: Limits = { cpu: 1, memoryBytes: 128 * 2 ** 20 };

/** Processes of a helper container; never above the cloud's own limit. */
export const helperPidsLimit = 64;

/** The size of a component's containers: what it states, and the cloud's defaults for the rest. Never without a limit. */
export function sizeOf(size: Size, config: Pick<DockerConfig, "defaultCpu" | "defaultMemory">): Size {
  return {
    ...size,
    cpu: size.cpu > 0 ? size.cpu : config.defaultCpu,
    memoryBytes: size.memoryBytes > 0 ? size.memoryBytes : parseBytes(config.defaultMemory),
  };
}

/** CPU and memory limits as the engine takes them. No swap: a limit that swaps is a slow machine, not a limit. */
export function limitsOf({ cpu, memoryBytes }: Limits): {
  NanoCpus: number;
  Memory: number;
  MemorySwap: number;
} {
  return { NanoCpus: Math.round(cpu * 1e9), Memory: memoryBytes, MemorySwap: memoryBytes };
}
