import { z } from "zod";

/** A scripted misbehavior of the simulated cloud. */
export const faultSchema = z.strictObject({
  call: z.enum(["apply", "poll", "observe", "remove"]),
  /** Component name; `*` for any. */
  component: z.string().default("*"),
  /**
   * retryable, permanent, unknown: the call throws that DriverError. unreachable: as if the cloud were away. hang: it never answers. crash: the whole
   * process is killed with SIGKILL. rubbish: something is thrown that no driver should throw.
   */
  effect: z.enum(["retryable", "permanent", "unknown", "unreachable", "hang", "crash", "rubbish"]),
  /** Before the outside world changed, or after it. */
  when: z.enum(["before", "after"]).default("before"),
  /** How often it strikes per component and call; null = always. */
  times: z.number().int().positive().nullable().default(1),
  /** Chance to strike, 0 to 1. */
  probability: z.number().min(0).max(1).default(1),
});
export type Fault = z.output<typeof faultSchema>;

export const simulatedConfigSchema = z.strictObject({
  /** Milliseconds every changing call takes, drawn evenly from the range. */
  latencyMs: z.tuple([z.number().min(0), z.number().min(0)]).default([0, 0]),
  /** Answer `pending` first and be done after this many milliseconds. 0 = answer at once. */
  pendingMs: z.number().min(0).default(0),
  /** disk: survives the process, shared by all workers. memory: gone with it, for benchmarks. */
  store: z.enum(["disk", "memory"]).default("disk"),
  /** Components this cloud was never asked to make are said to run: for demonstration data. */
  assumePresent: z.boolean().default(false),
  faults: z.array(faultSchema).default([]),
  capacity: z
    .strictObject({ cpu: z.number(), memoryBytes: z.number(), storageBytes: z.number() })
    .nullable()
    .default(null),
});
export type SimulatedConfig = z.output<typeof simulatedConfigSchema>;
