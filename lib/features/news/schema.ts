/** What changed with a version. */
export interface Release {
  /** "Unreleased", "0.2.0 (2026-12-01)". */
  title: string;
  sections: { title: string; items: string[] }[];
}
