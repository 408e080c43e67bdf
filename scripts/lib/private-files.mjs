/**
 * Everything Rostrum makes from here on can be read by its own user alone, in this process and in those it starts. What
 * others have to read (copies of programs) is opened explicitly by the code that makes it.
 */
export const privateUmask = 0o077;

/** The umask Rostrum was started with: packages and builds of this folder are made with it, they are no data. */
const usualUmask = process.umask();

export function keepFilesPrivate() {
  process.umask(privateUmask);
}

/** Runs synchronous work with the umask of the start: a child spawned in it keeps that one. */
export function withUsualUmask(work) {
  if (process.umask() === usualUmask) return work();
  const before = process.umask(usualUmask);
  try {
    return work();
  } finally {
    process.umask(before);
  }
}
