-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "template_version_status" AS ENUM ('draft', 'in_review', 'published', 'deprecated', 'retired');

-- CreateEnum
CREATE TYPE "environment_status" AS ENUM ('pending', 'provisioning', 'running', 'changing', 'stopped', 'failed', 'destroying', 'destroyed');

-- CreateEnum
CREATE TYPE "health_state" AS ENUM ('unknown', 'healthy', 'degraded', 'unhealthy');

-- CreateEnum
CREATE TYPE "org_role" AS ENUM ('admin', 'auditor', 'finance');

-- CreateEnum
CREATE TYPE "backup_status" AS ENUM ('running', 'succeeded', 'failed', 'deleted');

-- CreateEnum
CREATE TYPE "project_role" AS ENUM ('owner', 'approver', 'developer', 'viewer');

-- CreateEnum
CREATE TYPE "reservation_state" AS ENUM ('reserved', 'converted', 'released');

-- CreateEnum
CREATE TYPE "request_kind" AS ENUM ('create', 'update', 'stop', 'start', 'restart', 'heal', 'scale', 'extend', 'backup', 'restore', 'action', 'destroy');

-- CreateEnum
CREATE TYPE "request_origin" AS ENUM ('user', 'system');

-- CreateEnum
CREATE TYPE "request_status" AS ENUM ('pending_approval', 'approved', 'running', 'succeeded', 'failed', 'rejected', 'cancelled', 'expired');

-- CreateEnum
CREATE TYPE "approval_decision" AS ENUM ('approve', 'reject');

-- CreateEnum
CREATE TYPE "run_status" AS ENUM ('queued', 'running', 'parked', 'succeeded', 'failed', 'unknown', 'cancelled');

-- CreateEnum
CREATE TYPE "step_status" AS ENUM ('pending', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'unknown', 'cancelled');

-- CreateTable
CREATE TABLE "template" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "icon" TEXT NOT NULL DEFAULT 'box',
    "category" TEXT NOT NULL DEFAULT 'Other',
    "tags" TEXT[],
    "owner_team" TEXT NOT NULL DEFAULT '',
    "is_builtin" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "template_version" (
    "id" TEXT NOT NULL,
    "template_id" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "status" "template_version_status" NOT NULL,
    "source" TEXT NOT NULL,
    "manifest" JSONB NOT NULL,
    "digest" TEXT NOT NULL,
    "author_id" TEXT,
    "reviewer_id" TEXT,
    "review_note" TEXT NOT NULL DEFAULT '',
    "checks" JSONB NOT NULL DEFAULT '[]',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "submitted_at" TIMESTAMPTZ(3),
    "published_at" TIMESTAMPTZ(3),
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "template_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "template_file" (
    "version_id" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    "executable" BOOLEAN NOT NULL DEFAULT false,
    "sha256" TEXT NOT NULL,

    CONSTRAINT "template_file_pkey" PRIMARY KEY ("version_id","path")
);

-- CreateTable
CREATE TABLE "upload" (
    "id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "size_bytes" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "content" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "upload_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "cloud" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "driver" TEXT NOT NULL,
    "config" JSONB NOT NULL DEFAULT '{}',
    "credentials" TEXT,
    "labels" JSONB NOT NULL DEFAULT '{}',
    "price_book_id" TEXT,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "health_ok" BOOLEAN,
    "health_message" TEXT NOT NULL DEFAULT '',
    "health_detail" JSONB NOT NULL DEFAULT '{}',
    "checked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cloud_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "environment" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "template_version_id" TEXT NOT NULL,
    "parameters" JSONB NOT NULL DEFAULT '{}',
    "placement" JSONB NOT NULL DEFAULT '{}',
    "generation" INTEGER NOT NULL DEFAULT 0,
    "status" "environment_status" NOT NULL DEFAULT 'pending',
    "health" "health_state" NOT NULL DEFAULT 'unknown',
    "health_message" TEXT NOT NULL DEFAULT '',
    "outputs" JSONB NOT NULL DEFAULT '{}',
    "sealed_outputs" TEXT,
    "monthly_cost" DECIMAL(20,10),
    "currency" TEXT NOT NULL DEFAULT 'EUR',
    "lease_ends_at" TIMESTAMPTZ(3),
    "lease_warned_at" TIMESTAMPTZ(3),
    "destroy_after" TIMESTAMPTZ(3),
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "ready_at" TIMESTAMPTZ(3),
    "destroyed_at" TIMESTAMPTZ(3),
    "next_check_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "environment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "resource" (
    "id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "cloud_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "desired" TEXT,
    "desired_digest" TEXT NOT NULL,
    "spec" JSONB NOT NULL DEFAULT '{}',
    "cpu" DECIMAL(12,3) NOT NULL DEFAULT 0,
    "memory_bytes" BIGINT NOT NULL DEFAULT 0,
    "storage_bytes" BIGINT NOT NULL DEFAULT 0,
    "replicas" INTEGER NOT NULL DEFAULT 1,
    "attributes" JSONB NOT NULL DEFAULT '{}',
    "address" JSONB NOT NULL DEFAULT '{}',
    "outputs" JSONB NOT NULL DEFAULT '{}',
    "sealed_outputs" TEXT,
    "step_id" TEXT,
    "health" "health_state" NOT NULL DEFAULT 'unknown',
    "health_message" TEXT NOT NULL DEFAULT '',
    "failures" INTEGER NOT NULL DEFAULT 0,
    "restarts" INTEGER NOT NULL DEFAULT 0,
    "next_restart_at" TIMESTAMPTZ(3),
    "last_observed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "resource_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "environment_secret" (
    "environment_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "environment_secret_pkey" PRIMARY KEY ("environment_id","component","name")
);

-- CreateTable
CREATE TABLE "app_user" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "org_role" "org_role",
    "disabled_at" TIMESTAMPTZ(3),
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "account" (
    "provider" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "account_pkey" PRIMARY KEY ("provider","subject")
);

-- CreateTable
CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "user_agent" TEXT NOT NULL DEFAULT '',
    "ip" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_token" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "api_token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "login_throttle" (
    "key" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "login_throttle_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "notification" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "body" TEXT NOT NULL DEFAULT '',
    "href" TEXT NOT NULL DEFAULT '',
    "read_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price_book" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "is_default" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_book_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "price" (
    "id" TEXT NOT NULL,
    "price_book_id" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "unit_price" DECIMAL(20,10) NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "created_by_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "price_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_record" (
    "id" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "environment_id" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "quantity" DECIMAL(24,10) NOT NULL,
    "project_id" TEXT NOT NULL,
    "cost_center_id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "template_version_id" TEXT NOT NULL,
    "cloud_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "usage_record_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "charge" (
    "id" TEXT NOT NULL,
    "usage_record_id" TEXT NOT NULL,
    "price_id" TEXT NOT NULL,
    "amount" DECIMAL(20,10) NOT NULL,
    "currency" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "environment_id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "cost_center_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'usage',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "charge_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "daily_cost" (
    "day" DATE NOT NULL,
    "environment_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "cost_center_id" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "template_id" TEXT NOT NULL,
    "cloud_id" TEXT NOT NULL,
    "quantity" DECIMAL(24,10) NOT NULL,
    "amount" DECIMAL(20,10) NOT NULL,

    CONSTRAINT "daily_cost_pkey" PRIMARY KEY ("day","environment_id","component","meter","currency","project_id","owner_id","cloud_id")
);

-- CreateTable
CREATE TABLE "statement" (
    "id" TEXT NOT NULL,
    "cost_center_id" TEXT NOT NULL,
    "month" DATE NOT NULL,
    "currency" TEXT NOT NULL,
    "total" DECIMAL(20,10) NOT NULL,
    "lines" JSONB NOT NULL,
    "digest" TEXT NOT NULL,
    "closed_by_id" TEXT,
    "closed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "statement_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sample" (
    "resource_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "cpu_cores" DOUBLE PRECISION,
    "memory_bytes" BIGINT,
    "storage_bytes" BIGINT,
    "network_received_bytes" BIGINT,
    "network_sent_bytes" BIGINT,

    CONSTRAINT "sample_pkey" PRIMARY KEY ("resource_id","at")
);

-- CreateTable
CREATE TABLE "incident" (
    "id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "actions" JSONB NOT NULL DEFAULT '[]',
    "opened_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "incident_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "backup" (
    "id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'manual',
    "status" "backup_status" NOT NULL DEFAULT 'running',
    "note" TEXT NOT NULL DEFAULT '',
    "size_bytes" BIGINT NOT NULL DEFAULT 0,
    "error" TEXT NOT NULL DEFAULT '',
    "template_version" TEXT NOT NULL DEFAULT '',
    "created_by_id" TEXT,
    "request_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    "verified_at" TIMESTAMPTZ(3),

    CONSTRAINT "backup_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "backup_part" (
    "backup_id" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "location" TEXT NOT NULL,
    "size_bytes" BIGINT NOT NULL,
    "sha256" TEXT NOT NULL,

    CONSTRAINT "backup_part_pkey" PRIMARY KEY ("backup_id","component","method")
);

-- CreateTable
CREATE TABLE "worker_instance" (
    "id" TEXT NOT NULL,
    "families" TEXT[],
    "host" TEXT NOT NULL,
    "pid" INTEGER NOT NULL,
    "version" TEXT NOT NULL DEFAULT '',
    "detail" JSONB NOT NULL DEFAULT '{}',
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "heartbeat_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "worker_instance_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_event" (
    "seq" BIGSERIAL NOT NULL,
    "id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_id" TEXT,
    "actor_label" TEXT NOT NULL,
    "via" TEXT NOT NULL DEFAULT 'session',
    "action" TEXT NOT NULL,
    "object_type" TEXT NOT NULL,
    "object_id" TEXT NOT NULL,
    "project_id" TEXT,
    "outcome" TEXT NOT NULL DEFAULT 'allowed',
    "detail" JSONB NOT NULL DEFAULT '{}',
    "request_id" TEXT NOT NULL DEFAULT '',
    "ip" TEXT NOT NULL DEFAULT '',
    "prev_hash" TEXT NOT NULL DEFAULT '',
    "hash" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "event" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "payload" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_record" (
    "user_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER,
    "body" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_record_pkey" PRIMARY KEY ("user_id","key")
);

-- CreateTable
CREATE TABLE "cost_center" (
    "id" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "owner_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "cost_center_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "project" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "cost_center_id" TEXT NOT NULL,
    "approval_limit" DECIMAL(20,10),
    "budget_monthly" DECIMAL(20,10),
    "currency" TEXT NOT NULL DEFAULT 'EUR',
    "quota_cpu" DECIMAL(12,3),
    "quota_memory_bytes" BIGINT,
    "quota_storage_bytes" BIGINT,
    "quota_environments" INTEGER,
    "max_lease_days" INTEGER,
    "archived_at" TIMESTAMPTZ(3),
    "is_demo" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "project_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "project_member" (
    "project_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" "project_role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_member_pkey" PRIMARY KEY ("project_id","user_id")
);

-- CreateTable
CREATE TABLE "reservation" (
    "id" TEXT NOT NULL,
    "project_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "state" "reservation_state" NOT NULL,
    "cpu" DECIMAL(12,3) NOT NULL,
    "memory_bytes" BIGINT NOT NULL,
    "storage_bytes" BIGINT NOT NULL,
    "environments" INTEGER NOT NULL,
    "monthly_cost" DECIMAL(20,10) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "reservation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "request" (
    "id" TEXT NOT NULL,
    "kind" "request_kind" NOT NULL,
    "origin" "request_origin" NOT NULL DEFAULT 'user',
    "requester_id" TEXT,
    "project_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "status" "request_status" NOT NULL,
    "plan_id" TEXT,
    "run_id" TEXT,
    "message" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),

    CONSTRAINT "request_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan" (
    "id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "template_version_id" TEXT NOT NULL,
    "base_generation" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "parameters" JSONB NOT NULL,
    "changes" JSONB NOT NULL,
    "cost" JSONB NOT NULL,
    "verdicts" JSONB NOT NULL,
    "sealed" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "plan_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "approval" (
    "id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "plan_id" TEXT NOT NULL,
    "plan_digest" TEXT NOT NULL,
    "approver_id" TEXT,
    "decision" "approval_decision" NOT NULL,
    "reason" TEXT NOT NULL DEFAULT '',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "run" (
    "id" TEXT NOT NULL,
    "environment_id" TEXT NOT NULL,
    "request_id" TEXT,
    "plan_id" TEXT,
    "kind" TEXT NOT NULL,
    "status" "run_status" NOT NULL DEFAULT 'queued',
    "fence" INTEGER NOT NULL DEFAULT 0,
    "worker_id" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "wake_at" TIMESTAMPTZ(3) DEFAULT CURRENT_TIMESTAMP,
    "deadline_at" TIMESTAMPTZ(3),
    "cancel_requested_at" TIMESTAMPTZ(3),
    "cancelled_by_id" TEXT,
    "context" JSONB NOT NULL DEFAULT '{}',
    "error" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "step" (
    "id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "component" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "cloud_id" TEXT,
    "depends_on" INTEGER[],
    "status" "step_status" NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "input" JSONB NOT NULL DEFAULT '{}',
    "token" JSONB,
    "error" JSONB,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3),

    CONSTRAINT "step_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "step_log" (
    "id" BIGSERIAL NOT NULL,
    "run_id" TEXT NOT NULL,
    "step_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "text" TEXT NOT NULL,

    CONSTRAINT "step_log_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "template_name_key" ON "template"("name");

-- CreateIndex
CREATE INDEX "template_version_status_idx" ON "template_version"("status");

-- CreateIndex
CREATE UNIQUE INDEX "template_version_template_id_version_key" ON "template_version"("template_id", "version");

-- CreateIndex
CREATE UNIQUE INDEX "cloud_name_key" ON "cloud"("name");

-- CreateIndex
CREATE INDEX "environment_project_id_status_idx" ON "environment"("project_id", "status");

-- CreateIndex
CREATE INDEX "environment_owner_id_status_idx" ON "environment"("owner_id", "status");

-- CreateIndex
CREATE INDEX "environment_created_at_id_idx" ON "environment"("created_at" DESC, "id");

-- CreateIndex
CREATE INDEX "environment_status_next_check_at_idx" ON "environment"("status", "next_check_at");

-- CreateIndex
CREATE INDEX "environment_lease_ends_at_idx" ON "environment"("lease_ends_at");

-- CreateIndex
CREATE INDEX "environment_template_version_id_idx" ON "environment"("template_version_id");

-- CreateIndex
CREATE INDEX "resource_cloud_id_idx" ON "resource"("cloud_id");

-- CreateIndex
CREATE UNIQUE INDEX "resource_environment_id_component_key" ON "resource"("environment_id", "component");

-- CreateIndex
CREATE UNIQUE INDEX "app_user_email_key" ON "app_user"("email");

-- CreateIndex
CREATE INDEX "account_user_id_idx" ON "account"("user_id");

-- CreateIndex
CREATE INDEX "session_user_id_revoked_at_idx" ON "session"("user_id", "revoked_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_token_hash_key" ON "api_token"("hash");

-- CreateIndex
CREATE INDEX "api_token_user_id_idx" ON "api_token"("user_id");

-- CreateIndex
CREATE INDEX "notification_user_id_created_at_idx" ON "notification"("user_id", "created_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "price_book_name_key" ON "price_book"("name");

-- CreateIndex
CREATE UNIQUE INDEX "price_price_book_id_meter_valid_from_key" ON "price"("price_book_id", "meter", "valid_from");

-- CreateIndex
CREATE INDEX "usage_record_environment_id_hour_idx" ON "usage_record"("environment_id", "hour");

-- CreateIndex
CREATE INDEX "usage_record_project_id_hour_idx" ON "usage_record"("project_id", "hour");

-- CreateIndex
CREATE INDEX "usage_record_hour_idx" ON "usage_record"("hour");

-- CreateIndex
CREATE UNIQUE INDEX "usage_record_resource_id_meter_hour_key" ON "usage_record"("resource_id", "meter", "hour");

-- CreateIndex
CREATE INDEX "charge_environment_id_hour_idx" ON "charge"("environment_id", "hour");

-- CreateIndex
CREATE INDEX "charge_project_id_hour_idx" ON "charge"("project_id", "hour");

-- CreateIndex
CREATE INDEX "charge_cost_center_id_hour_idx" ON "charge"("cost_center_id", "hour");

-- CreateIndex
CREATE INDEX "charge_hour_idx" ON "charge"("hour");

-- CreateIndex
CREATE UNIQUE INDEX "charge_usage_record_id_kind_key" ON "charge"("usage_record_id", "kind");

-- CreateIndex
CREATE INDEX "daily_cost_project_id_day_idx" ON "daily_cost"("project_id", "day");

-- CreateIndex
CREATE INDEX "daily_cost_day_idx" ON "daily_cost"("day");

-- CreateIndex
CREATE UNIQUE INDEX "statement_cost_center_id_month_currency_key" ON "statement"("cost_center_id", "month", "currency");

-- CreateIndex
CREATE INDEX "sample_at_idx" ON "sample"("at");

-- CreateIndex
CREATE INDEX "incident_environment_id_opened_at_idx" ON "incident"("environment_id", "opened_at" DESC);

-- CreateIndex
CREATE INDEX "incident_closed_at_idx" ON "incident"("closed_at");

-- CreateIndex
CREATE INDEX "backup_environment_id_created_at_idx" ON "backup"("environment_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "backup_status_idx" ON "backup"("status");

-- CreateIndex
CREATE UNIQUE INDEX "audit_event_id_key" ON "audit_event"("id");

-- CreateIndex
CREATE INDEX "audit_event_object_type_object_id_seq_idx" ON "audit_event"("object_type", "object_id", "seq" DESC);

-- CreateIndex
CREATE INDEX "audit_event_actor_id_seq_idx" ON "audit_event"("actor_id", "seq" DESC);

-- CreateIndex
CREATE INDEX "audit_event_project_id_seq_idx" ON "audit_event"("project_id", "seq" DESC);

-- CreateIndex
CREATE INDEX "event_topic_id_idx" ON "event"("topic", "id");

-- CreateIndex
CREATE INDEX "event_at_idx" ON "event"("at");

-- CreateIndex
CREATE INDEX "idempotency_record_created_at_idx" ON "idempotency_record"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "cost_center_code_key" ON "cost_center"("code");

-- CreateIndex
CREATE UNIQUE INDEX "project_slug_key" ON "project"("slug");

-- CreateIndex
CREATE INDEX "project_member_user_id_idx" ON "project_member"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "reservation_request_id_key" ON "reservation"("request_id");

-- CreateIndex
CREATE INDEX "reservation_project_id_state_idx" ON "reservation"("project_id", "state");

-- CreateIndex
CREATE INDEX "reservation_environment_id_state_idx" ON "reservation"("environment_id", "state");

-- CreateIndex
CREATE UNIQUE INDEX "request_plan_id_key" ON "request"("plan_id");

-- CreateIndex
CREATE INDEX "request_project_id_created_at_idx" ON "request"("project_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "request_environment_id_created_at_idx" ON "request"("environment_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "request_requester_id_created_at_idx" ON "request"("requester_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "request_status_created_at_idx" ON "request"("status", "created_at" DESC);

-- CreateIndex
CREATE INDEX "request_created_at_id_idx" ON "request"("created_at" DESC, "id");

-- CreateIndex
CREATE UNIQUE INDEX "plan_request_id_key" ON "plan"("request_id");

-- CreateIndex
CREATE INDEX "plan_environment_id_idx" ON "plan"("environment_id");

-- CreateIndex
CREATE UNIQUE INDEX "approval_request_id_key" ON "approval"("request_id");

-- CreateIndex
CREATE UNIQUE INDEX "approval_plan_id_key" ON "approval"("plan_id");

-- CreateIndex
CREATE INDEX "run_environment_id_created_at_idx" ON "run"("environment_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "run_status_wake_at_idx" ON "run"("status", "wake_at");

-- CreateIndex
CREATE INDEX "run_created_at_id_idx" ON "run"("created_at" DESC, "id");

-- CreateIndex
CREATE UNIQUE INDEX "step_run_id_position_key" ON "step"("run_id", "position");

-- CreateIndex
CREATE INDEX "step_log_run_id_id_idx" ON "step_log"("run_id", "id");

-- CreateIndex
CREATE INDEX "step_log_step_id_id_idx" ON "step_log"("step_id", "id");

-- AddForeignKey
ALTER TABLE "template_version" ADD CONSTRAINT "template_version_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "template"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "template_file" ADD CONSTRAINT "template_file_version_id_fkey" FOREIGN KEY ("version_id") REFERENCES "template_version"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "environment" ADD CONSTRAINT "environment_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "resource" ADD CONSTRAINT "resource_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "environment_secret" ADD CONSTRAINT "environment_secret_environment_id_fkey" FOREIGN KEY ("environment_id") REFERENCES "environment"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_token" ADD CONSTRAINT "api_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "price" ADD CONSTRAINT "price_price_book_id_fkey" FOREIGN KEY ("price_book_id") REFERENCES "price_book"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "backup_part" ADD CONSTRAINT "backup_part_backup_id_fkey" FOREIGN KEY ("backup_id") REFERENCES "backup"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project" ADD CONSTRAINT "project_cost_center_id_fkey" FOREIGN KEY ("cost_center_id") REFERENCES "cost_center"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_member" ADD CONSTRAINT "project_member_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_member" ADD CONSTRAINT "project_member_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "step" ADD CONSTRAINT "step_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "run"("id") ON DELETE CASCADE ON UPDATE CASCADE;
