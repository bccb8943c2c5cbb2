CREATE TABLE "attempts" (
	"key" text PRIMARY KEY NOT NULL,
	"taken" bigint NOT NULL,
	"window_ends_at" timestamp (3) with time zone NOT NULL,
	"resets_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "browsers" (
	"user_id" text NOT NULL,
	"browser_digest" "bytea" NOT NULL,
	"first_seen" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "browsers_user_id_browser_digest_pk" PRIMARY KEY("user_id","browser_digest")
);
--> statement-breakpoint
CREATE TABLE "ended_sessions" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"id" text NOT NULL,
	"user_id" text NOT NULL,
	"name" text,
	"browser" text,
	"os" text,
	"kind" text NOT NULL,
	"user_agent" text,
	"ip" text,
	"place" text,
	"began_at" timestamp (3) with time zone NOT NULL,
	"last_active_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone NOT NULL,
	"reason" text NOT NULL,
	"ended_by" text,
	CONSTRAINT "ended_sessions_id_unique" UNIQUE("id")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"user_id" text,
	"kind" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"session_id" text,
	"device" text,
	"ip" text,
	"place" text,
	"detail" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"event_seq" bigint NOT NULL,
	"recipient" text NOT NULL,
	"sealed" text,
	"failures" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "passkeys" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"credential_id" text NOT NULL,
	"public_key" "bytea" NOT NULL,
	"counter" bigint NOT NULL,
	"backup_eligible" boolean NOT NULL,
	"backed_up" boolean NOT NULL,
	"transports" text NOT NULL,
	"aaguid" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "passkeys_credential_id_unique" UNIQUE("credential_id")
);
--> statement-breakpoint
CREATE TABLE "pending" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"secret_digest" "bytea" NOT NULL,
	"user_id" text,
	"session_id" text,
	"security_version" integer NOT NULL,
	"detail" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "recovery_codes" (
	"user_id" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "recovery_codes_user_id_digest_pk" PRIMARY KEY("user_id","digest")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"generation" integer NOT NULL,
	"digest" "bytea" NOT NULL,
	"began_at" timestamp (3) with time zone NOT NULL,
	"lifetime_from" timestamp (3) with time zone NOT NULL,
	"last_active_at" timestamp (3) with time zone NOT NULL,
	"renewed_at" timestamp (3) with time zone NOT NULL,
	"remembered" boolean NOT NULL,
	"locked_at" timestamp (3) with time zone,
	"epoch" integer NOT NULL,
	"authentications" jsonb NOT NULL,
	"successor_generation" integer,
	"successor_digest" "bytea",
	"successor_wrapped" "bytea",
	"successor_offered_at" timestamp (3) with time zone,
	"predecessor_generation" integer,
	"predecessor_digest" "bytea",
	"predecessor_retired_at" timestamp (3) with time zone,
	"predecessor_retired_by" text,
	"browser_digest" "bytea" NOT NULL,
	"name" text,
	"browser" text,
	"os" text,
	"kind" text NOT NULL,
	"user_agent" text,
	"ip" text,
	"place" text
);
--> statement-breakpoint
CREATE TABLE "totps" (
	"user_id" text PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"last_step" bigint NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "users" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"password_hash" text,
	"password_failures" integer DEFAULT 0 NOT NULL,
	"administrator" boolean DEFAULT false NOT NULL,
	"security_version" integer DEFAULT 1 NOT NULL,
	"disabled_at" timestamp (3) with time zone,
	"deleted_at" timestamp (3) with time zone,
	"former_email" text,
	"former_email_until" timestamp (3) with time zone,
	"email_held_until" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "users_email_unique" UNIQUE("email")
);
--> statement-breakpoint
ALTER TABLE "browsers" ADD CONSTRAINT "browsers_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ended_sessions" ADD CONSTRAINT "ended_sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "events" ADD CONSTRAINT "events_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_event_seq_events_seq_fk" FOREIGN KEY ("event_seq") REFERENCES "public"."events"("seq") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "pending" ADD CONSTRAINT "pending_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "totps" ADD CONSTRAINT "totps_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "attempts_by_reset" ON "attempts" USING btree ("resets_at");--> statement-breakpoint
CREATE INDEX "ended_by_user" ON "ended_sessions" USING btree ("user_id","seq");--> statement-breakpoint
CREATE INDEX "ended_by_time" ON "ended_sessions" USING btree ("ended_at");--> statement-breakpoint
CREATE INDEX "ended_by_beginning" ON "ended_sessions" USING btree ("began_at");--> statement-breakpoint
CREATE INDEX "ended_by_reason" ON "ended_sessions" USING btree ("reason","ended_at");--> statement-breakpoint
CREATE INDEX "events_by_user" ON "events" USING btree ("user_id","seq");--> statement-breakpoint
CREATE INDEX "events_administered" ON "events" USING btree ("seq") WHERE kind = 'administered';--> statement-breakpoint
CREATE INDEX "outbox_by_due" ON "outbox" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "passkeys_by_user" ON "passkeys" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "pending_by_secret" ON "pending" USING btree ("secret_digest","kind");--> statement-breakpoint
CREATE INDEX "pending_by_user" ON "pending" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "pending_by_expiry" ON "pending" USING btree ("expires_at");--> statement-breakpoint
CREATE UNIQUE INDEX "sessions_one_for_each_browser" ON "sessions" USING btree ("user_id","browser_digest");--> statement-breakpoint
CREATE INDEX "sessions_by_activity" ON "sessions" USING btree ("remembered","last_active_at") WHERE locked_at is null;--> statement-breakpoint
CREATE INDEX "sessions_by_lifetime" ON "sessions" USING btree ("remembered","lifetime_from");--> statement-breakpoint
CREATE INDEX "sessions_by_beginning" ON "sessions" USING btree ("began_at");--> statement-breakpoint
CREATE INDEX "administrators" ON "users" USING btree ("id") WHERE administrator;