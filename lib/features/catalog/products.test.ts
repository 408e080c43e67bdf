import { expect, it } from "vitest";
import type { Component } from "@/lib/engine/template/types";
import { productOf, runningProduct } from "./products";

const ofImage = (image: string) => productOf({ container: { image } } as Component);
const ofProgram = (program: string) => productOf({ process: { program } } as Component);

it.each([
  ["postgres:17", "postgresql"],
  ["node:22-slim", "nodejs"],
  ["docker.io/library/redis", "redis"],
  ["registry.example.com:5000/team/nginx:1.29@sha256:00", "nginx"],
  ["valkey/valkey:8-alpine", "valkey"],
])("reads the product of the image %s", (image, product) => {
  expect(ofImage(image)).toBe(product);
});

it("reads a program where there is no image", () => {
  expect(ofProgram("postgres")).toBe("postgresql");
});

it("doesn't guess where an expression decides, or nothing is named", () => {
  expect(ofImage("${{ parameters.engine == 'redis' ? 'redis:7' : 'valkey/valkey:8-alpine' }}")).toBeNull();
  expect(ofProgram("${{ parameters.engine }}")).toBeNull();
  expect(productOf({} as Component)).toBeNull();
});

it("reads what a resource runs, then what its component names", () => {
  const cache = { process: { program: "${{ parameters.engine }}" } } as Component;
  const database = { container: { image: "postgres:17" } } as Component;
  expect(runningProduct({ program: "redis" }, cache)).toBe("redis");
  expect(runningProduct({ image: "valkey/valkey:8-alpine" }, cache)).toBe("valkey");
  expect(runningProduct({}, cache)).toBeNull();
  expect(runningProduct({ image: 5 }, database)).toBe("postgresql");
  expect(runningProduct({}, undefined)).toBeNull();
});
