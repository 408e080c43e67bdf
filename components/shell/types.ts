export interface NavItem {
  href: string;
  label: string;
  /** Something waits there: shown as a badge when above zero. */
  count?: number;
  /** What the count counts, for screen readers: "pending". */
  countLabel?: string;
  /** Where it leads instead of its own page, when something waits elsewhere. */
  opens?: string;
  /** Further addresses whose pages belong to it. */
  covers?: string[];
  /** Pages below its address belong to other entries. */
  alone?: boolean;
  /** Further words the palette finds it by. */
  keywords?: string[];
}

export interface NavGroup {
  /** Absent for the main group. */
  title?: string;
  items: NavItem[];
}

export interface ShellUser {
  name: string;
  email: string;
  /** In words: "Administrator", "Developer". */
  role: string;
}

/** An entry of the command palette that is always there: a screen or a way to start something. */
export interface PaletteLink {
  href: string;
  title: string;
  /** Further words it can be found by. */
  keywords?: string[];
  group?: string;
}
