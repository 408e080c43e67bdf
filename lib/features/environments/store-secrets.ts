import { backupRows } from "@/lib/features/backups/joins";
import { secretParameterRows } from "@/lib/features/requests/joins";
import { anyOf, rowsOf, statements, type Tx, writtenBy } from "@/lib/platform/db";

/** A secret of a component, or with the component "" a secret parameter. */
export interface SecretRow {
  environmentId: string;
  component: string;
  name: string;
  sealed: string;
}

/** The secrets that environments have now, in no order. */
export async function listSecrets(environmentIds: readonly string[]): Promise<SecretRow[]> {
  return await rowsOf(
    statements
      .selectFrom("environment_secret")
      .select(["environment_id as environmentId", "component", "name", "sealed"])
      .where("environment_id", "=", anyOf(environmentIds)),
  );
}

/** Names of the parameters that are or once were secret in an environment. */
export async function listSecretParameters(environmentId: string): Promise<Set<string>> {
  const rows = await rowsOf(
    statements
      .selectFrom("environment_secret")
      .select("name")
      .where("environment_id", "=", environmentId)
      .where("component", "=", "")
      .union(
        statements
          .selectFrom(secretParameterRows.as("request"))
          .select("name")
          .where("environment_id", "=", environmentId),
      ),
  );
  return new Set(rows.map((row) => row.name));
}

const inserting = ({ environmentId, component, name, sealed }: SecretRow) =>
  statements
    .insertInto("environment_secret")
    .values({ environment_id: environmentId, component, name, sealed });

/** Keeps a secret unless there is one already. */
export async function keepSecret(tx: Tx, secret: SecretRow): Promise<void> {
  await writtenBy(
    inserting(secret).onConflict((conflict) => conflict.doNothing()),
    tx,
  );
}

/** Sets a secret. */
export async function putSecret(tx: Tx, secret: SecretRow): Promise<void> {
  const { sealed } = secret;
  const put = inserting(secret).onConflict((conflict) =>
    conflict.columns(["environment_id", "component", "name"]).doUpdateSet({ sealed }),
  );
  await writtenBy(put, tx);
}

/** Forgets secret parameters. */
export async function deleteSecretParameters(
  tx: Tx,
  environmentId: string,
  names: readonly string[],
): Promise<void> {
  const remove = statements
    .deleteFrom("environment_secret")
    .where("environment_id", "=", environmentId)
    .where("component", "=", "")
    .where("name", "=", anyOf(names));
  await writtenBy(remove, tx);
}

/** The generated secrets of the environment that a backup is of. */
export async function listSecretsOfBackup(tx: Tx, backupId: string): Promise<SecretRow[]> {
  const secrets = statements
    .selectFrom(backupRows.as("b"))
    .innerJoin("environment_secret as s", "s.environment_id", "b.environment_id")
    .select(["s.environment_id as environmentId", "s.component", "s.name", "s.sealed"])
    .where("b.id", "=", backupId)
    .where("s.component", "<>", "");
  return await rowsOf(secrets, tx);
}
