import { describe, expect, it } from "vitest";
import { digestOfFiles, relativeTo } from "./files";
import { decideTransition, transitionsFrom } from "./rules";
import { type VersionCheck, versionStatuses, versionTransitions } from "./schema";

const passed: VersionCheck = { name: "files", title: "Files", state: "passed", messages: [] };
const failed: VersionCheck = { name: "files", title: "Files", state: "failed", messages: ["app is missing"] };
const base = {
  contributorIds: ["usr_author", "usr_second"],
  actorId: "usr_other",
  note: "",
  checks: [passed],
};

const moves: Record<string, string> = {
  "draft submit": "in_review",
  "in_review publish": "published",
  "in_review reject": "draft",
  "published deprecate": "deprecated",
  "published retire": "retired",
  "deprecated retire": "retired",
};

describe("a version's life", () => {
  for (const status of versionStatuses) {
    for (const transition of versionTransitions) {
      const to = moves[`${status} ${transition}`];
      it(`${status} → ${transition}: ${to ?? "refused"}`, () => {
        const decide = () => decideTransition({ ...base, note: "because", status, transition });
        if (to) expect(decide()).toBe(to);
        else expect(decide).toThrow(expect.objectContaining({ code: "conflict" }));
        expect(transitionsFrom(status).includes(transition)).toBe(to !== undefined);
      });
    }
  }

  it("lets no one publish their own", () => {
    const own = { ...base, actorId: "usr_author", status: "in_review", transition: "publish" } as const;
    expect(() => decideTransition(own)).toThrow(expect.objectContaining({ code: "forbidden" }));
  });

  it("wants a note with a rejection, and lets the author take it back", () => {
    const reject = { ...base, status: "in_review", transition: "reject" } as const;
    expect(() => decideTransition(reject)).toThrow(expect.objectContaining({ code: "validation_failed" }));
    expect(decideTransition({ ...reject, actorId: "usr_author", note: "I found a mistake" })).toBe("draft");
  });

  it("does not submit what fails its checks, and names them", () => {
    const submit = { ...base, checks: [failed], status: "draft", transition: "submit" } as const;
    expect(() => decideTransition(submit)).toThrow(
      expect.objectContaining({ problems: [{ path: "checks.files", message: "app is missing" }] }),
    );
    const warned: VersionCheck = { ...failed, state: "warning" };
    expect(decideTransition({ ...submit, checks: [warned] })).toBe("in_review");
  });
});

describe("files of a version", () => {
  it.each([
    ["app", "app/server.mjs", "server.mjs"],
    ["./app/", "app/lib/x.mjs", "lib/x.mjs"],
    ["", "app/server.mjs", "app/server.mjs"],
    [".", "top.yaml", "top.yaml"],
    ["app/server.mjs", "app/server.mjs", "server.mjs"],
    ["app", "apple/server.mjs", null],
    ["app", "other/app/x", null],
  ])("under %j, %s is %j", (prefix, path, expected) => {
    expect(relativeTo(prefix, path)).toBe(expected);
  });

  it("sums up content, place and executable bit of what lies under a prefix, and nothing else", () => {
    const one = { path: "app/a", sha256: "1", executable: false };
    const two = { path: "app/b", sha256: "2", executable: false };
    const digest = digestOfFiles([one, two], "app");
    expect(digestOfFiles([two, one, { path: "web/c", sha256: "3", executable: false }], "app")).toBe(digest);
    expect(digestOfFiles([one, { ...two, executable: true }], "app")).not.toBe(digest);
    expect(digestOfFiles([one, { ...two, sha256: "9" }], "app")).not.toBe(digest);
    expect(digestOfFiles([one], "app")).not.toBe(digest);
  });
});
