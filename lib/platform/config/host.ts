/**
 * What the host says through variables that are no settings of Rostrum's. Read when asked for: they belong to the one who
 * started this process, and each has a meaning of its own.
 */

/** The host's own search path for programs. */
export function hostPath(): string {
  return process.env.PATH ?? "";
}

/** Where this user's Docker engine may be found. */
export interface DockerVariables {
  DOCKER_HOST?: string | undefined;
  XDG_RUNTIME_DIR?: string | undefined;
  HOME?: string | undefined;
}

export function dockerVariables(): DockerVariables {
  const { DOCKER_HOST, XDG_RUNTIME_DIR, HOME } = process.env;
  return { DOCKER_HOST, XDG_RUNTIME_DIR, HOME };
}

/** The password for a command of `npm run admin`, which process lists don't show; undefined when there is none. */
export function commandPassword(): string | undefined {
  return process.env.ROSTRUM_PASSWORD || undefined;
}
