ALTER TABLE "pending" ADD COLUMN "epoch" integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX "pending_by_session" ON "pending" USING btree ("session_id");