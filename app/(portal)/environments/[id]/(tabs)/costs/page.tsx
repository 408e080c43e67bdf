import { CostLines } from "@/components/environments/cost-lines";
import { environmentCost } from "@/lib/features/chargeback";
import { orNotFound } from "../../../../or-not-found";
import { readEnvironment } from "../environment";

export default async function EnvironmentCostsPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { viewer } = await readEnvironment(id);
  return <CostLines environmentId={id} cost={await orNotFound(environmentCost(viewer, id))} />;
}
