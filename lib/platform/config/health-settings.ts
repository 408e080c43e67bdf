import { wholeNumber } from "./values";

/** When a part of the installation counts as not well, and how long it is waited for. */
export interface HealthLimits {
  /** A portal or workers without a sign of life for this long are replaced. */
  readonly hangLimitMs: number;
  /** Free bytes of the data directory's disk below which nothing new is provisioned; 0 never refuses. */
  readonly diskLowBytes: number;
  /** How long a run waits for a cloud that cannot be reached. */
  readonly cloudWaitMs: number;
}

/** The settings of `HealthLimits`. */
export const healthSettings = {
  HANG_LIMIT_SECONDS: wholeNumber(5, 86_400, 120),
  DISK_LOW_MIB: wholeNumber(0, 100_000_000, 512),
  CLOUD_WAIT_MINUTES: wholeNumber(0, 100_000, 1_440),
};

/** The limits that the settings name. */
export function healthLimitsOf(values: Record<keyof typeof healthSettings, number>): HealthLimits {
  return Object.freeze({
    hangLimitMs: values.HANG_LIMIT_SECONDS * 1_000,
    diskLowBytes: values.DISK_LOW_MIB * 2 ** 20,
    cloudWaitMs: values.CLOUD_WAIT_MINUTES * 60_000,
  });
}
