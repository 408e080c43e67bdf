-- CreateIndex
CREATE INDEX "audit_event_actor_label_idx" ON "audit_event"("actor_label");
