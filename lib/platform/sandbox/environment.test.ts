import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { environmentScript, launcherEnvironment } from "./environment";

/** What a program gets that process 1 starts with these lines. */
function passedOn(environment: Record<string, string>): Record<string, string> {
  const { stdout, status } = spawnSync(
    "/bin/sh",
    ["-c", 'eval "$(cat)"; exec "$@"', "sh", "/usr/bin/env", "-0"],
    {
      input: environmentScript(environment),
      env: { PATH: "/usr/bin:/bin" } as unknown as NodeJS.ProcessEnv,
      encoding: "utf8",
    },
  );
  expect(status).toBe(0);
  const entries = stdout.split("\0").filter(Boolean);
  return Object.fromEntries(
    entries.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]),
  );
}

describe("the environment of a confined program", () => {
  it("arrives as it is, whatever stands in it", () => {
    const name = fc.oneof(
      fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.-]{0,12}$/),
      fc.constantFrom("IFS", "UID", "PPID", "PS4", "BASH_ENV", "LD_LIBRARY_PATH", "a.b"),
    );
    const value = fc.string({ unit: "grapheme", maxLength: 40 }).filter((text) => !text.includes("\0"));
    const names = fc.dictionary(
      name.filter((text) => !/^(_|PWD|OLDPWD|SHLVL|PATH|LD_.*)$/.test(text)),
      value,
    );
    fc.assert(
      fc.property(names, (environment) => {
        expect(passedOn(environment)).toMatchObject(environment);
      }),
      { numRuns: 60 },
    );
  });

  it("never reaches the programs that build the walls", () => {
    const given = {
      LD_PRELOAD: "/x.so",
      PATH: "/mine",
      BASH_ENV: "/x",
      NODE_OPTIONS: "-r x",
      ROSTRUM_REF: "env/web",
    };
    expect(launcherEnvironment(given)).toEqual({
      ROSTRUM_REF: "env/web",
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    });
  });
});
