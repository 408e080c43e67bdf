import { describe, expect, it } from "vitest";
import { log, loggedError, moduleLog } from "@/lib/platform/log";
import { rememberSecrets } from "@/lib/platform/masking";
import { linesLoggedBy } from "../support/log-lines";

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

describe("a line of the log", () => {
  it("says nothing that has the name of a secret, however deep", async () => {
    const [line = ""] = await linesLoggedBy(() =>
      log.warn({
        password: "hunter2",
        databaseUrl: "postgresql://app:hunter2@db/rostrum",
        body: { token: "hunter2", clientSecret: "hunter2", name: "kept" },
        request: {
          headers: { authorization: "Bearer hunter2", cookie: "s=hunter2", "set-cookie": "s=hunter2" },
        },
      }),
    );
    expect(line).not.toContain("hunter2");
    expect(JSON.parse(line)).toMatchObject({
      password: "[redacted]",
      body: { token: "[redacted]", name: "kept" },
      request: { headers: { authorization: "[redacted]", cookie: "[redacted]" } },
    });
  });

  it("says no secret that this process has decrypted, under whatever name, and stays JSON", async () => {
    const secret = `o"ld {data} key`;
    rememberSecrets("environment:log-test", "first", [{ GREETING: secret }]);
    const write = () =>
      log.error({ err: new Error(`cannot use ${secret}`), greeting: { said: [secret] } }, `said ${secret}`);
    const [line = ""] = await linesLoggedBy(write);
    expect(line).not.toContain("ld {data} key");
    expect(JSON.parse(line)).toMatchObject({
      msg: "said •••",
      err: { message: "cannot use •••" },
      greeting: { said: ["•••"] },
    });
    rememberSecrets("environment:log-test", "second", ["another-secret"]);
    const [after = ""] = await linesLoggedBy(() => log.warn(`${secret} another-secret`));
    expect(JSON.parse(after).msg, "what is no secret any more").toBe(`${secret} •••`);
  });

  it("is JSON with time in UTC, level, module and request id", async () => {
    const [line = ""] = await linesLoggedBy(() =>
      moduleLog("http").error({ requestId: "http_1" }, "it failed"),
    );
    expect(JSON.parse(line)).toMatchObject({
      level: "error",
      module: "http",
      requestId: "http_1",
      msg: "it failed",
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it("stays one line, and moves no terminal, whatever someone typed", async () => {
    const typed = 'a\n{"level":"error","msg":"forged"}\r\u001b[2J\u009b31m\u202eevil\u2028\u0000';
    const lines = await linesLoggedBy(() => log.info({ name: typed }, typed));
    expect(lines).toHaveLength(1);
    const line = lines[0] ?? "";
    expect(line.endsWith("\n")).toBe(true);
    expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(JSON.parse(line)).toMatchObject({ name: typed, msg: typed });
  });

  it("takes no text for a format", async () => {
    const text = "%s %d %j %o %% ${name} {0}";
    const [line = ""] = await linesLoggedBy(() => log.info({ secretive: "value" }, text));
    expect(JSON.parse(line).msg).toBe(text);
  });
});
