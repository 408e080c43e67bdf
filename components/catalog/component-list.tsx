import { Card } from "@/components/ui/card";
import { productTitle } from "@/components/ui/product-icon";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { VersionDetail } from "@/lib/features/catalog/schema";
import { formatCount } from "@/lib/kernel/format";
import { ComponentIcon } from "./template-icon";

type Component = VersionDetail["components"][number];

/** What a version is made of, in words. */
export function ComponentList({ title, components }: { title: string; components: readonly Component[] }) {
  return (
    <Card flush title="Components" aside={formatCount(components.length, "component")}>
      <Table caption={`Components of ${title}, as a list`}>
        <TableHead>
          <tr>
            <TableHeader>Component</TableHeader>
            <TableHeader>Port</TableHeader>
            <TableHeader>Backups</TableHeader>
            <TableHeader>Requires</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {components.map((one) => (
            <TableRow key={one.name}>
              <TableCell>
                <span className="flex items-center gap-2.5">
                  <ComponentIcon product={one.product} icon={one.icon} />
                  <span className="min-w-0">
                    <span className="block font-medium">{one.title}</span>
                    <span className="block text-xs text-muted">{madeOf(one)}</span>
                  </span>
                </span>
              </TableCell>
              <TableCell className="tabular">{one.ports.join(", ") || "None"}</TableCell>
              <TableCell>{one.backup ? "Included" : "None"}</TableCell>
              <TableCell>{titlesOf(one.requires, components) || "Nothing"}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}

/** "PostgreSQL · container or process"; the product only where the title doesn't name it. */
function madeOf({ title, product, implementations }: Component): string {
  const named = productTitle(product);
  const kinds = implementations.join(" or ");
  return named && named !== title ? `${named} · ${kinds}` : kinds;
}

function titlesOf(names: readonly string[], components: readonly Component[]): string {
  return names.map((name) => components.find((one) => one.name === name)?.title ?? name).join(", ");
}
