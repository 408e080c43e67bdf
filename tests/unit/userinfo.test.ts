import { describe, expect, it } from "vitest";
import { resolveParameters } from "@/lib/engine/parameters";
import { parseManifest } from "@/lib/engine/template";
import { hasUserinfo } from "@/lib/kernel/userinfo";

const manifest = (archive: string) => `
apiVersion: rostrum.dev/v1
kind: Template
metadata: {name: service, title: Service, description: A service., category: Web}
spec:
  version: 1.0.0
  parameters:
    properties:
      repository: {type: string, title: Repository, "ui:widget": git}
      note: {type: string, title: Note}
  components:
    web:
      title: Web
      size: {cpu: 0.1, memory: 64Mi}
      process: {program: node, args: [server.js], ports: [8080], archive: ${archive}}
`;

describe("user names and passwords in Git addresses", () => {
  it.each([
    ["https://bob:token@git.example.com/x.git", true],
    ["https://token@git.example.com/x.git", true],
    ["HTTPS:\\\\bob:token@git.example.com/x.git", true],
    [" http:/bob:token@git.example.com", true],
    ["https://${{ parameters.token }}@git.example.com/x.git", true],
    ["ssh://git:token@git.example.com/x.git", true],
    ["ssh://git@git.example.com/x.git", false],
    ["git@git.example.com:x.git", false],
    ["https://git.example.com/@scope/x.git", false],
    ["https://git.example.com/x.git#a@b", false],
    ["upl_0001", false],
    ["", false],
  ])("are seen: %s", (address, seen) => expect(hasUserinfo(address)).toBe(seen));

  it("are refused in parameters, which are stored in plain, with the place they belong", () => {
    const parsed = parseManifest(manifest('"${{ parameters.repository }}"'));
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const resolve = (repository: string) => resolveParameters(parsed.manifest, { repository, note: "a@b" });
    expect(resolve("https://git.example.com/x.git").ok).toBe(true);
    const refused = resolve("https://bob:hunter2hunter2@git.example.com/x.git");
    expect(refused).toEqual({
      ok: false,
      problems: [{ parameter: "repository", message: expect.stringContaining("project's settings") }],
    });
    expect(JSON.stringify(refused)).not.toContain("hunter2");
  });

  it("are refused in a manifest", () => {
    for (const archive of [
      '"https://bob:token@git.example.com/x.git"',
      '{git: "https://bob:token@git.example.com/x.git"}',
    ]) {
      const parsed = parseManifest(manifest(archive));
      expect(parsed.ok, archive).toBe(false);
    }
    expect(parseManifest(manifest('{git: "https://git.example.com/x.git", ref: main}')).ok).toBe(true);
  });
});
