import { hostname } from "node:os";

/** Reads an environment variable; an empty one counts as not set. */
export function readText(name, fallback) {
  return process.env[name] || fallback;
}

/** A whole number within bounds, or the program ends with one clear line: a wrong setting must not half work. */
export function readInteger(name, fallback, minimum, maximum) {
  const value = Number(process.env[name] || fallback);
  if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
  process.stderr.write(
    `${name} must be a whole number from ${minimum} to ${maximum}, not "${process.env[name]}".\n`,
  );
  process.exit(78);
}

/** The accent color, checked because it is written into the style sheet. */
export function readColor(name, fallback) {
  const value = readText(name, fallback);
  return /^#[0-9a-f]{6}$/i.test(value) ? value : fallback;
}

/** Where a database URL points, without its user and password. */
export function describeDatabase(url) {
  if (!url) return "not configured";
  try {
    const { hostname: host, port, pathname } = new URL(url);
    return `${host}:${port || 5432}${pathname}`;
  } catch {
    return "invalid URL";
  }
}

/** How this copy of the program is told apart from its replicas. */
export const instanceName = readText(
  "INSTANCE_NAME",
  `${hostname().slice(0, 12)}:${process.env.PORT || process.pid}`,
);
