import { Badge } from "@/components/ui/badge";
import { Card } from "@/components/ui/card";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { Tone } from "@/components/ui/tone";
import type { AllowanceDto, CloudDto } from "@/lib/features/clouds/schema";

const words: Record<AllowanceDto["rule"], { tone: Tone; word: string }> = {
  by_setting: { tone: "accent", word: "By setting" },
  allowed: { tone: "good", word: "Allowed" },
  refused: { tone: "bad", word: "Blocked" },
};

/**
 * What components may ask of a cloud, as its driver decides it.
 * @param titles of the settings that decide, by their key
 */
export function CloudAllowances(props: {
  allowances: NonNullable<CloudDto["allowances"]>;
  titles: Readonly<Record<string, string>>;
}) {
  const { title, rows } = props.allowances;
  return (
    <Card title={title} flush>
      <Table caption={title}>
        <TableHead>
          <tr>
            <TableHeader>Subject</TableHeader>
            <TableHeader>Rule</TableHeader>
            <TableHeader>Details</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <TableRow key={row.subject} className="align-top">
              <TableCell className="min-w-36 font-medium">{row.subject}</TableCell>
              <TableCell>
                <Badge tone={words[row.rule].tone}>{words[row.rule].word}</Badge>
              </TableCell>
              <TableCell className="min-w-64 whitespace-normal [overflow-wrap:anywhere]">
                {row.detail}
                {row.settings.length > 0 ? (
                  <span className="block text-xs text-muted">
                    Set by {row.settings.map((key) => props.titles[key] ?? key).join(", ")}
                  </span>
                ) : null}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Card>
  );
}
