import { describe, expect, it } from "vitest";
import { findPasswordProblem, initialPasswordEnd } from "@/lib/features/users";
import { passwordSchema } from "@/lib/features/users/schema";

const owner = { email: "grace.hopper@navy.example", name: "Grace Hopper" };

describe("a password", () => {
  it.each(["password123", "1q2w3e4r5t", "QWERTYUIOP", "basketball", "Manchester"])(
    "that many people have used is refused: %s",
    async (password) => expect(await findPasswordProblem(password, owner)).toContain("commonly used"),
  );

  it.each([
    "GraceHopper1!",
    "hopper.navy.1",
    "rostrum-2026",
    "gracegracegrace",
    "admin-password",
    "localhost123",
  ])("made of the owner's or the product's words is refused: %s", async (password) =>
    expect(await findPasswordProblem(password, owner)).toContain("is based on"),
  );

  it.each([
    "correct horse battery staple",
    "zjzjzjzjzjzj",
    "8371028465",
    "пароль на каждый день",
    "grace under pressure",
  ])("of any other composition is taken: %s", async (password) => {
    expect(passwordSchema.safeParse(password).success).toBe(true);
    expect(await findPasswordProblem(password, owner)).toBeNull();
  });

  it("has 10 to 200 characters", () => {
    const lengths = [9, 10, 64, 200, 201];
    expect(lengths.map((length) => passwordSchema.safeParse("x".repeat(length)).success)).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
  });

  it("that someone else made up ends after a week", () => {
    expect(initialPasswordEnd(new Date("2026-11-01T10:00:00Z"))).toEqual(new Date("2026-11-08T10:00:00Z"));
  });
});
