CREATE TABLE `artifacts` (
	`kind` text NOT NULL,
	`digest` blob NOT NULL,
	`sealed` text NOT NULL,
	`grant_id` text,
	`user_id` text,
	`user_code_digest` blob,
	`replaces` blob,
	`consumed_at` integer,
	`expires_at` integer NOT NULL,
	`epoch` integer NOT NULL,
	PRIMARY KEY(`kind`, `digest`),
	FOREIGN KEY (`grant_id`) REFERENCES `grants`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `artifacts_by_grant` ON `artifacts` (`grant_id`) WHERE grant_id is not null;--> statement-breakpoint
CREATE INDEX `artifacts_by_user` ON `artifacts` (`user_id`) WHERE user_id is not null;--> statement-breakpoint
CREATE INDEX `artifacts_by_user_code` ON `artifacts` (`user_code_digest`) WHERE user_code_digest is not null;--> statement-breakpoint
CREATE INDEX `artifacts_by_predecessor` ON `artifacts` (`replaces`) WHERE replaces is not null;--> statement-breakpoint
CREATE INDEX `artifacts_by_expiry` ON `artifacts` (`expires_at`);--> statement-breakpoint
CREATE TABLE `clients` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`secret_digest` blob,
	`redirect_uris` text NOT NULL,
	`post_logout_redirect_uris` text NOT NULL,
	`backchannel_logout_uri` text,
	`scope` text NOT NULL,
	`device` integer NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `grants` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`client_id` text NOT NULL,
	`session_id` text,
	`made_in` text NOT NULL,
	`scope` text NOT NULL,
	`offline` integer NOT NULL,
	`authenticated_at` integer NOT NULL,
	`methods` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	`epoch` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`client_id`) REFERENCES `clients`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `grants_by_user` ON `grants` (`user_id`);--> statement-breakpoint
CREATE INDEX `grants_by_client` ON `grants` (`client_id`);--> statement-breakpoint
CREATE INDEX `grants_by_session` ON `grants` (`session_id`) WHERE session_id is not null;--> statement-breakpoint
CREATE INDEX `grants_by_expiry` ON `grants` (`expires_at`) WHERE session_id is null;--> statement-breakpoint
CREATE TABLE `logouts` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`client_id` text NOT NULL,
	`uri` text NOT NULL,
	`user_id` text NOT NULL,
	`session_id` text NOT NULL,
	`failures` integer DEFAULT 0 NOT NULL,
	`due_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `logouts_once` ON `logouts` (`client_id`,`session_id`,`created_at`);--> statement-breakpoint
CREATE INDEX `logouts_by_due` ON `logouts` (`due_at`);--> statement-breakpoint
CREATE TABLE `once_ids` (
	`issuer` text NOT NULL,
	`id` text NOT NULL,
	`expires_at` integer NOT NULL,
	PRIMARY KEY(`issuer`, `id`)
);
--> statement-breakpoint
CREATE INDEX `once_ids_by_expiry` ON `once_ids` (`expires_at`);