import { expect, it } from "vitest";
import { DriverError } from "@/lib/clouds/contract";
import { AppError } from "@/lib/kernel/errors";
import { isConnectionError, isUnavailable } from "@/lib/platform/db";

const withCode = (code: string, message = "x") => Object.assign(new Error(message), { code });
const named = (name: string, extra: object) => Object.assign(new Error("x"), { name, ...extra });

it("knows a database that is away, however it is said", () => {
  const away = [
    withCode("ECONNREFUSED"),
    withCode("57P01"),
    withCode("08006"),
    withCode("P1001"),
    new Error("timeout exceeded when trying to connect"),
    new Error("Connection terminated unexpectedly"),
    Object.assign(new AggregateError([withCode("ECONNREFUSED")], "")),
    named("DriverAdapterError", { cause: { kind: "DatabaseNotReachable" } }),
    named("PrismaClientKnownRequestError", {
      code: "P2010",
      cause: named("x", { cause: withCode("ECONNRESET") }),
    }),
  ];
  for (const error of away) {
    expect(isConnectionError(error), String(error)).toBe(true);
    expect(isUnavailable(error)).toBe(true);
  }
});

it("knows one that has no room left, which is no broken connection", () => {
  const full = [
    withCode("53300"),
    withCode("53100"),
    withCode("P2037"),
    named("DriverAdapterError", { cause: { kind: "TooManyConnections", originalCode: "53300" } }),
  ];
  for (const error of full) {
    expect(isUnavailable(error), String(error)).toBe(true);
    expect(isConnectionError(error)).toBe(false);
  }
});

it("does not take a cloud that is away for it, nor a mistake of ours", () => {
  const cloud = new DriverError("retryable", "The Docker engine does not answer", {
    cause: withCode("ECONNREFUSED"),
  });
  const others = [
    cloud,
    new AppError("unavailable", "The cloud x cannot be opened", { cause: cloud }),
    new Error("fetch failed", { cause: withCode("ECONNREFUSED") }),
    withCode("23505"),
    new TypeError("x is undefined"),
    null,
    "text",
  ];
  for (const error of others) {
    expect(isConnectionError(error), String(error)).toBe(false);
    expect(isUnavailable(error)).toBe(false);
  }
});
