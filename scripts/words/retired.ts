/** A word that texts no longer use, and what to write instead (docs/glossary.md, docs/contributing/writing.md). */
export interface Retired {
  pattern: RegExp;
  instead: string;
  /** Comments and names of tests no longer use it either. */
  inCode?: true;
}

export const retired: readonly Retired[] = [
  {
    pattern: /\b(somebody|someone or other)\b/i,
    instead: "name the role: an approver, an owner, someone else",
    inCode: true,
  },
  {
    pattern: /\bnobody\b/i,
    instead: "say who, or use the passive of a status: “no one is assigned”",
    inCode: true,
  },
  { pattern: /\bwhoever\b/i, instead: "the user who …, the requester, the approver", inCode: true },
  {
    pattern: /\banew\b/i,
    instead: "again, or the verb with re-: restart, recreate, re-plan",
    inCode: true,
  },
  { pattern: /\bmeanwhile\b/i, instead: "say when: while the run is in progress" },
  { pattern: /\b(thus|lately|dearest|perhaps)\b/i, instead: "plain words, or nothing" },
  { pattern: /\bstands? still\b/i, instead: "is stopped" },
  { pattern: /\b(taken|take|takes|took) back\b/i, instead: "cancel" },
  { pattern: /\bcarr(y|ies|ied) out\b/i, instead: "run" },
  { pattern: /\b(not well|unwell)\b/i, instead: "unhealthy" },
  { pattern: /\bwell again\b/i, instead: "healthy again, recovered" },
  { pattern: /\bunder way\b/i, instead: "in progress" },
  {
    pattern: /\b(goes|go|going|went) on\b(?!\s+(the|to|for|this|that|a|an|its|hold|each|every)\b)/i,
    instead: "continues",
    inCode: true,
  },
  {
    pattern:
      /\bcolour|\bneighbour|\borganisation|\bauthoris|\brecognis|\bfulfilment\b|\bcancelled\b|\bcancelling\b|\blicence\b|\bbehaviour/i,
    instead: "American spelling",
  },
  { pattern: /\bas far as (we|Rostrum) knows?\b/i, instead: "say what is known" },
];

/** Where a retired word is right, with the reason. */
export interface Allowed {
  file: RegExp;
  word: RegExp;
  reason: string;
}
