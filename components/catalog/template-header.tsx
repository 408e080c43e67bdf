import { Badge } from "@/components/ui/badge";
import { PageHeader } from "@/components/ui/page-header";
import { LinkTabs } from "@/components/ui/tabs";
import type { TemplateDetail } from "@/lib/features/catalog/schema";
import { TemplateIcon } from "./template-icon";

export interface TemplateHeaderProps {
  template: TemplateDetail;
  version: string;
  hasReadme: boolean;
}

/** The head of a template's pages; tabs where there is more than one. */
export function TemplateHeader({ template, version, hasReadme }: TemplateHeaderProps) {
  const href = `/catalog/${template.name}`;
  return (
    <>
      <PageHeader
        breadcrumb={[{ label: "Catalog", href: "/catalog" }]}
        title={
          <span className="flex items-center gap-3">
            <span className="max-sm:hidden">
              <TemplateIcon name={template.icon} />
            </span>
            {template.title}
          </span>
        }
        status={<Badge>{version}</Badge>}
        description={<span className="block max-w-3xl">{template.description}</span>}
      />
      {hasReadme ? (
        <LinkTabs
          label={template.title}
          tabs={[
            { href, label: "Overview", exact: true },
            { href: `${href}/readme`, label: "README" },
          ]}
        />
      ) : null}
    </>
  );
}
