import { expect, it } from "vitest";
import { commandFailure } from "@/lib/clouds/command-failure";

it("says the program, its exit code and its last words", () => {
  const error = commandFailure("db", ["pg_dump", "-Fc"], { exitCode: 3 }, "a\nb\nc\nno route\n", "Look.");
  expect(error).toMatchObject({ kind: "permanent", hint: "Look." });
  expect(error.message).toBe("pg_dump exited with code 3: b c no route.");
});

it.each([126, 127])("says for exit code %i that a program is missing", (exitCode) => {
  expect(commandFailure("db", ["pg_dump"], { exitCode }, "").message).toBe(
    `pg_dump exited with code ${exitCode} (pg_dump, or a program that it calls, is missing or not executable in db).`,
  );
});
