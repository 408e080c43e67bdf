import type { Size } from "../../contract";

const mebibyte = 2 ** 20;

/**
 * Server settings that fit a component's memory: a quarter of it for shared buffers as PostgreSQL's documentation
 * advises, and as many connections as it can carry at about 8 MiB each, 20 to 200.
 */
export function computeSettings(size: Size, maxConnections?: number): Record<string, string> {
  const memory = size.memoryBytes > 0 ? size.memoryBytes / mebibyte : 256;
  const buffers = clamp(Math.floor(memory / 4), 8, 2_048);
  const connections = maxConnections ?? clamp(Math.floor(memory / 8), 20, 200);
  return {
    shared_buffers: `${buffers}MB`,
    effective_cache_size: `${clamp(Math.floor(memory * 0.6), 16, 65_536)}MB`,
    work_mem: `${clamp(Math.floor(memory / 4 / connections), 1, 64)}MB`,
    maintenance_work_mem: `${clamp(Math.floor(memory / 16), 8, 512)}MB`,
    max_connections: String(connections),
    max_wal_size: memory >= 1_024 ? "1GB" : "256MB",
    min_wal_size: "32MB",
    max_worker_processes: "4",
    autovacuum_max_workers: "2",
    // A worker process for each of these costs several MiB that small components do not have.
    io_method: "sync",
    max_logical_replication_workers: "0",
    dynamic_shared_memory_type: "mmap",
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
