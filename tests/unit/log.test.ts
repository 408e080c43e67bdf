import { expect, it } from "vitest";
import { loggedError } from "@/lib/platform/log";

it("writes what went wrong, not the connection it went wrong on", () => {
  const cause = new Error("the server went away");
  const error = Object.assign(new Error("terminated", { cause }), {
    code: "57P01",
    client: { secretKey: 4711 },
  });
  const written = loggedError(error);
  expect(written).toMatchObject({
    type: "Error",
    code: "57P01",
    message: expect.stringContaining("the server went away"),
  });
  expect(JSON.stringify(written)).not.toContain("4711");
  expect(loggedError("only words")).toBe("only words");
});
