import type { TemplateVersionStatus } from "@/gen/kysely/enums";
import { stateMachine } from "@/lib/kernel/state-machine";

export const versionStates = stateMachine<TemplateVersionStatus>({
  name: "template version",
  // Built-in versions are published from the start.
  initial: ["draft", "published"],
  moves: {
    draft: ["in_review"],
    // Draft: the reviewer asks for changes.
    in_review: ["published", "draft"],
    published: ["deprecated", "retired"],
    deprecated: ["retired"],
    retired: [],
  },
});
