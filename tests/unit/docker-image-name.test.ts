import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dockerConfigSchema } from "@/lib/clouds/docker/config";
import { fullName, matchesImage, parseImage, patternProblem } from "@/lib/clouds/docker/image-name";
import { isRootUser } from "@/lib/clouds/docker/users";

const digest = `sha256:${"a1".repeat(32)}`;
const other = `sha256:${"b2".repeat(32)}`;
const full = (text: string) => {
  const name = parseImage(text);
  return name && fullName(name);
};
const matches = (pattern: string, text: string) => {
  const name = parseImage(text);
  return name !== null && matchesImage(pattern, name);
};

describe("names of images", () => {
  it("are read in full, as Docker reads them", () => {
    expect(full("postgres")).toBe("docker.io/library/postgres:latest");
    expect(full("postgres:17")).toBe("docker.io/library/postgres:17");
    expect(full("docker.io/postgres:17")).toBe("docker.io/library/postgres:17");
    expect(full("index.docker.io/library/postgres:17")).toBe("docker.io/library/postgres:17");
    expect(full("Docker.IO/postgres")).toBe("docker.io/library/postgres:latest");
    expect(full("team/app")).toBe("docker.io/team/app:latest");
    expect(full("localhost/app")).toBe("localhost/app:latest");
    expect(full("registry.example.com:5000/team/app:1")).toBe("registry.example.com:5000/team/app:1");
    expect(full("REGISTRY.example.com/app")).toBe("registry.example.com/app:latest");
    expect(full(`postgres@${digest}`)).toBe(`docker.io/library/postgres@${digest}`);
    expect(full(`postgres:17@${digest}`)).toBe(`docker.io/library/postgres@${digest}`);
    expect(full("[::1]:5000/app")).toBe("[::1]:5000/app:latest");
  });

  it("are nothing else", () => {
    const wrong = [
      ...["", " ", ":", "@", "/", "postgres ", " postgres", "postgres evil", "postgres\nevil", "postgres\0"],
      ...[
        "Postgres",
        "team/App",
        "postgres:",
        "postgres:a b",
        "postgres@",
        "postgres@sha256:12",
        "a//b",
        "a/../b",
      ],
      ...[
        "http://docker.io/postgres",
        "postgres:17:18",
        `postgres@${digest}@${digest}`,
        "registry.example.com./app",
      ],
      ...["user@registry.example.com/app", "registry.example.com:port/app", "-x/y:1", "a".repeat(64), digest],
      ...["sha256:abc", `docker.io/${"a".repeat(300)}`, "postgres?tag=1", "postgres#1", "pоstgres"],
      // In lower case these would be other names: folders of docker.io.
      ...["A/app", "LOCALHOST/app"],
      `postgres@${digest.toUpperCase()}`,
    ];
    for (const text of wrong) expect(parseImage(text), JSON.stringify(text)).toBeNull();
  });

  it("stay the same when read again, whatever is read", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-zA-Z0-9./:@_-]{1,60}$/), (text) => {
        const name = full(text);
        if (name !== null) expect(full(name)).toBe(name);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("patterns of allowed images", () => {
  it("cover what they say", () => {
    const yes: [string, string][] = [
      ["postgres:*", "postgres:17"],
      ["postgres:*", "docker.io/library/postgres"],
      ["postgres:*", `postgres@${digest}`],
      ["postgres", "postgres:17"],
      ["postgres:17*", "postgres:17-alpine"],
      ["docker.io/library/*", "redis:7"],
      ["*", "postgres:17"],
      ["*:17", "postgres:17"],
      ["**", "anything/at/all:1"],
      ["**:17", "registry.example.com/a/b:17"],
      ["docker.io/**", "team/app"],
      ["docker.io/**", "postgres"],
      ["*.example.com/app", "eu.example.com/app:1"],
      ["**", "registry.example.com/a/b/c"],
      ["registry.example.com/team/*", "registry.example.com/team/app:1"],
      ["registry.example.com/**", "registry.example.com/team/sub/app:1"],
      ["registry.example.com:5000/*", "registry.example.com:5000/app"],
      [`postgres@${digest}`, `postgres:99@${digest}`],
      ["postgres@*", `postgres@${digest}`],
    ];
    for (const [pattern, text] of yes) expect(matches(pattern, text), `${pattern} ${text}`).toBe(true);
  });

  it("cover nothing else", () => {
    const no: [string, string][] = [
      ["postgres:*", "evil/postgres:17"],
      ["postgres:*", "registry.evil.example/postgres:17"],
      ["postgres:*", "registry.evil.example/library/postgres:17"],
      ["postgres:*", "postgresql:17"],
      ["postgres:*", "library/postgres/evil:17"],
      ["postgres:17", "postgres:18"],
      ["postgres:17", "postgres"],
      // The engine looks at the digest alone, which may be anything of that repository.
      ["postgres:17", `postgres:17@${digest}`],
      [`postgres@${digest}`, `postgres@${other}`],
      [`postgres@${digest}`, "postgres:17"],
      ["postgres@*", "postgres:17"],
      ["registry.example.com/team/*", "registry.example.com/team/sub/app:1"],
      ["registry.example.com/team/*", "registry.example.com/teamx/app:1"],
      ["registry.example.com/team/*", "registry.example.com:5000/team/app:1"],
      ["registry.example.com/team/*", "registry.example.com.evil.example/team/app"],
      ["registry.example.com/team/*", "registryxexample.com/team/app"],
      ["registry.example.com/team/*", "docker.io/registry.example.com/team/app"],
      ["team/*", "registry.example.com/team/app"],
      ["docker.io/library/*", "team/app"],
      ["*", "team/app"],
      ["*", "registry.evil.example/postgres:17"],
      ["*:17", "registry.evil.example/postgres:17"],
      ["*:17", "team/app:17"],
      ["*:17", "postgres:18"],
      ["*/app", "registry.evil.example/app"],
      ["**/app", "registry.evil.example/team/app"],
      ["docker.io/**", "registry.evil.example/app"],
      ["*.example.com/app", "evil.example/eu.example.com/app:1"],
      ["**.example.com/app", "evil.example/eu.example.com/app:1"],
    ];
    for (const [pattern, text] of no) expect(matches(pattern, text), `${pattern} ${text}`).toBe(false);
  });

  it("are checked when they are saved", () => {
    for (const pattern of ["postgres:*", "registry.example.com/team/**", "*", `a@${digest}`, "a@*"]) {
      expect(patternProblem(pattern), pattern).toBeNull();
    }
    for (const pattern of ["", "Postgres:*", "a b", "a:", "a@sha256:1", "a,b", "registry.example.com/"]) {
      expect(dockerConfigSchema.safeParse({ allowedImages: [pattern] }).success, pattern).toBe(false);
    }
    expect(dockerConfigSchema.safeParse({ allowCapabilities: ["ALL"] }).success).toBe(false);
  });
});

describe("user 0", () => {
  it("is known by all its names", () => {
    for (const user of ["", "root", "0", "00", "+0", "0:0", "root:app", ":0", " root"]) {
      expect(isRootUser(user), user).toBe(true);
    }
    for (const user of ["node", "1000", "1000:0", "rooty", "10", "app:root"])
      expect(isRootUser(user), user).toBe(false);
  });
});
