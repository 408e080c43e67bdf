import type { MalformedCase } from "./case";
import { components } from "./components";
import { expressions } from "./expressions";
import { lifecycle } from "./lifecycle";
import { parameters } from "./parameters";
import { envelope, texts } from "./texts";

export const malformedCases: MalformedCase[] = [
  ...texts,
  ...envelope,
  ...parameters,
  ...components,
  ...expressions,
  ...lifecycle,
];
