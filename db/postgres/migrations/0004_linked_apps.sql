CREATE TABLE "artifacts" (
	"kind" text NOT NULL,
	"digest" "bytea" NOT NULL,
	"sealed" text NOT NULL,
	"grant_id" text,
	"user_id" text,
	"user_code_digest" "bytea",
	"replaces" "bytea",
	"consumed_at" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"epoch" integer NOT NULL,
	CONSTRAINT "artifacts_kind_digest_pk" PRIMARY KEY("kind","digest")
);
--> statement-breakpoint
CREATE TABLE "clients" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"secret_digest" "bytea",
	"redirect_uris" jsonb NOT NULL,
	"post_logout_redirect_uris" jsonb NOT NULL,
	"backchannel_logout_uri" text,
	"scope" text NOT NULL,
	"device" boolean NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "grants" (
	"id" text PRIMARY KEY NOT NULL,
	"user_id" text NOT NULL,
	"client_id" text NOT NULL,
	"session_id" text,
	"made_in" text NOT NULL,
	"scope" text NOT NULL,
	"offline" boolean NOT NULL,
	"authenticated_at" timestamp (3) with time zone NOT NULL,
	"methods" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_used_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"epoch" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "logouts" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"client_id" text NOT NULL,
	"uri" text NOT NULL,
	"user_id" text NOT NULL,
	"session_id" text NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "once_ids" (
	"issuer" text NOT NULL,
	"id" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "once_ids_issuer_id_pk" PRIMARY KEY("issuer","id")
);
--> statement-breakpoint
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_grant_id_grants_id_fk" FOREIGN KEY ("grant_id") REFERENCES "public"."grants"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "grants" ADD CONSTRAINT "grants_client_id_clients_id_fk" FOREIGN KEY ("client_id") REFERENCES "public"."clients"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "logouts" ADD CONSTRAINT "logouts_user_id_users_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "artifacts_by_grant" ON "artifacts" USING btree ("grant_id") WHERE grant_id is not null;--> statement-breakpoint
CREATE INDEX "artifacts_by_user" ON "artifacts" USING btree ("user_id") WHERE user_id is not null;--> statement-breakpoint
CREATE INDEX "artifacts_by_user_code" ON "artifacts" USING btree ("user_code_digest") WHERE user_code_digest is not null;--> statement-breakpoint
CREATE INDEX "artifacts_by_predecessor" ON "artifacts" USING btree ("replaces") WHERE replaces is not null;--> statement-breakpoint
CREATE INDEX "artifacts_by_expiry" ON "artifacts" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "grants_by_user" ON "grants" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "grants_by_client" ON "grants" USING btree ("client_id");--> statement-breakpoint
CREATE INDEX "grants_by_session" ON "grants" USING btree ("session_id") WHERE session_id is not null;--> statement-breakpoint
CREATE INDEX "grants_by_expiry" ON "grants" USING btree ("expires_at") WHERE session_id is null;--> statement-breakpoint
CREATE UNIQUE INDEX "logouts_once" ON "logouts" USING btree ("client_id","session_id","created_at");--> statement-breakpoint
CREATE INDEX "logouts_by_due" ON "logouts" USING btree ("due_at");--> statement-breakpoint
CREATE INDEX "once_ids_by_expiry" ON "once_ids" USING btree ("expires_at");