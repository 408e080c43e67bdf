/** The name of the demo's own template. */
export const warehouseName = "analytics-warehouse";

/** Large enough to be what an organization's costs are made of. */
const manifestOf = (
  version: string,
  changes: { parameters: string; dashboards: string },
) => `apiVersion: rostrum.dev/v1
kind: Template
metadata:
  name: ${warehouseName}
  title: Analytics warehouse
  description: >-
    Column store on several nodes with an ingest service and dashboards. For event data, reports and features of models.
    Part of the demo data.
  icon: database
  category: Data
  tags: [analytics, warehouse, dashboards]
  owner: data-platform
spec:
  version: ${version}
  parameters:
    - title: Warehouse
      required: [size, nodes]
      properties:
        size:
          type: string
          title: Node size
          enum: [small, medium, large]
          enumNames: ["Small: 4 cores, 16 GiB", "Medium: 16 cores, 64 GiB", "Large: 32 cores, 128 GiB"]
          default: small
          ui:widget: radio
        nodes:
          type: integer
          title: Nodes
          minimum: 1
          maximum: 12
          default: 1
          ui:widget: slider
        storage:
          type: integer
          title: Storage
          minimum: 100
          maximum: 16384
          default: 500
          ui:unit: GiB
${changes.parameters}  presets:
    - name: Trial
      description: One small node, 3-day lease
      parameters: { size: small, nodes: 1 }
      leaseDays: 3
    - name: Team
      description: Four medium nodes, 30-day lease
      parameters: { size: medium, nodes: 4, storage: 2048 }
      leaseDays: 30
    - name: Department
      description: Four large nodes, 30-day lease
      parameters: { size: large, nodes: 4, storage: 4096 }
      leaseDays: 30
    - name: Company
      description: Eight large nodes, 30-day lease
      parameters: { size: large, nodes: 8, storage: 8192 }
      leaseDays: 30
  components:
    store:
      title: Column store
      icon: database
      replicas: "\${{ parameters.nodes }}"
      size:
        cpu: "\${{ parameters.size == 'small' ? 4.0 : parameters.size == 'medium' ? 16.0 : 32.0 }}"
        memory: "\${{ parameters.size == 'small' ? '16Gi' : parameters.size == 'medium' ? '64Gi' : '128Gi' }}"
        storage: "\${{ parameters.storage }}Gi"
      secrets:
        password: { generate: 24 }
      container:
        image: clickhouse/clickhouse-server:25.8
        environment: { CLICKHOUSE_USER: app, CLICKHOUSE_PASSWORD: "\${{ secrets.password }}" }
        ports: ["8123"]
        volumes: ["data:/var/lib/clickhouse"]
        backup: { schedule: "0 2 * * *", keep: { last: 3, daily: 7 }, snapshot: [data] }
      health: { http: /ping, interval: 15s, grace: 2m }
      outputs:
        url:
          sensitive: true
          value: "http://app:\${{ secrets.password }}@\${{ self.host }}:\${{ self.ports[8123] }}"
    ingest:
      title: Ingest
      icon: workflow
      size: { cpu: 2, memory: 4Gi }
      container:
        image: node:22-slim
        command: [node, ingest.mjs]
        environment: { STORE_URL: "\${{ components.store.outputs.url }}" }
        ports: ["8080"]
      health: { http: /healthz, interval: 15s, grace: 1m }
    dashboards:
      title: Dashboards
      icon: panel-top
      size: { cpu: 1, memory: 2Gi, storage: 10Gi }
      requires: [store]
      container:
        image: ${changes.dashboards}
        ports: ["3000"]
      health: { http: /api/health, interval: 15s, grace: 1m }
  outputs:
    url: { title: Dashboards, value: "\${{ components.dashboards.url }}" }
    store: { title: Column store, sensitive: true, value: "\${{ components.store.outputs.url }}" }
  lifecycle:
    lease: { default: 14d, max: 90d, grace: 3d }
  acceptance:
    - { name: Dashboards respond, http: "\${{ outputs.url }}/api/health", status: 200, timeout: 90s }
`;

/** The version that the demo's environments use. */
export const publishedManifest = manifestOf("1.0.0", {
  parameters: "",
  dashboards: "grafana/grafana:11.6.0",
});

/** The next one, which waits for a review: newer dashboards, and data that can be forgotten. */
export const reviewedManifest = manifestOf("1.1.0", {
  parameters: `        retention:
          type: boolean
          title: Delete old events
          default: false
          ui:widget: switch
        retention_days:
          type: integer
          title: Keep events for
          minimum: 7
          maximum: 730
          default: 90
          ui:unit: days
          ui:visibleIf: { retention: true }
`,
  dashboards: "grafana/grafana:12.2.0",
});

/** Shown beside both versions. */
export const warehouseReadme = `# Analytics warehouse

Part of the demo data: try the form, the price and the approval. It needs a cloud that runs containers and has room for many cores.

## What you get

| component | port | health check |
|---|---|---|
| Column store | 8123 | \`/ping\` responds with 2xx, every 15 s |
| Ingest | 8080 | \`/healthz\` responds with 2xx, every 15 s |
| Dashboards | 3000 | \`/api/health\` responds with 2xx, every 15 s |

## Backups and data

A backup of the column store every night at 02:00 UTC. Kept: the last 3, and one a day for 7 days.

## Cost

Nodes make the price: eight large ones cost several thousand euros a month.
`;
