import type { Allowed } from "./retired";

export const allowed: readonly Allowed[] = [
  {
    file: /^docs\/(glossary|contributing\/writing)\.md$/,
    word: /./,
    reason: "The glossary and the rules name what they retire.",
  },
  {
    file: /^docs\/(adr\/|performance\.md)/,
    word: /./,
    reason: "Records of decisions and of measurements keep the words of their day.",
  },
  {
    file: /^lib\/platform\/db\/embedded-setup\.ts$/,
    word: /user postgres or nobody/,
    reason: "The name of a user of the machine.",
  },
  {
    file: /^templates\/.*\.m?js$/,
    word: /./,
    reason: "Comments of its programs belong to a version of a template: another word is another digest.",
  },
];
