import type { Driver } from "./contract";

/**
 * Every driver there is, by its kind. Drivers are loaded when they are asked for: a portal without a Docker
 * cloud never pays for dockerode.
 */
const loaders = {
  machine: async () => (await import("./machine")).machineDriver,
  docker: async () => (await import("./docker")).dockerDriver,
  simulated: async () => (await import("./simulated")).simulatedDriver,
} satisfies Record<string, () => Promise<Driver>>;

export type DriverKind = keyof typeof loaders;

export const driverKinds = Object.keys(loaders) as DriverKind[];

/** Whether a driver of that kind exists. */
export function isDriverKind(kind: string): kind is DriverKind {
  return Object.hasOwn(loaders, kind);
}

/**
 * The driver of a kind.
 * @throws RangeError naming the kinds there are
 */
export async function driverFor(kind: string): Promise<Driver> {
  if (isDriverKind(kind)) return await loaders[kind]();
  throw new RangeError(`Unknown cloud driver "${kind}". Available: ${driverKinds.join(", ")}.`);
}

/** All drivers, in the order administrators are offered them. */
export async function drivers(): Promise<Driver[]> {
  return await Promise.all(driverKinds.map((kind) => loaders[kind]()));
}
