import { ButtonLink } from "@/components/ui/button";

/** Where to begin, for lists in which nothing is yet. */
export function OpenCatalog() {
  return (
    <ButtonLink href="/catalog" variant="primary">
      Open catalog
    </ButtonLink>
  );
}
