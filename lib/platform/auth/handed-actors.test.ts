import { expect, test } from "vitest";
import type { PersonActor } from "./actor";
import { handActor, takeActor } from "./handed-actors";

const actor = (requestId: string) => ({ requestId, userId: `usr_${requestId}` }) as PersonActor;

test("who was found is taken once, by the same request of the same session", () => {
  handActor("ses_a", actor("req_1"));
  expect(takeActor("req_1", "ses_b")).toBeUndefined();
  expect(takeActor("req_2", "ses_a")).toBeUndefined();
  expect(takeActor("req_1", "ses_a")?.userId).toBe("usr_req_1");
  expect(takeActor("req_1", "ses_a")).toBeUndefined();
});

test("what no page takes is dropped", () => {
  for (let index = 0; index < 300; index += 1) handActor("ses_a", actor(`many_${index}`));
  expect(takeActor("many_0", "ses_a")).toBeUndefined();
  expect(takeActor("many_299", "ses_a")).toBeDefined();
});
