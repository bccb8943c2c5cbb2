CREATE TABLE `attempts` (
	`key` text PRIMARY KEY NOT NULL,
	`taken` integer NOT NULL,
	`window_ends_at` integer NOT NULL,
	`resets_at` integer NOT NULL
);
--> statement-breakpoint
CREATE INDEX `attempts_by_reset` ON `attempts` (`resets_at`);--> statement-breakpoint
CREATE TABLE `browsers` (
	`user_id` text NOT NULL,
	`browser_digest` blob NOT NULL,
	`first_seen` integer NOT NULL,
	PRIMARY KEY(`user_id`, `browser_digest`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `ended_sessions` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`user_id` text NOT NULL,
	`name` text,
	`browser` text,
	`os` text,
	`kind` text NOT NULL,
	`user_agent` text,
	`ip` text,
	`place` text,
	`began_at` integer NOT NULL,
	`last_active_at` integer NOT NULL,
	`ended_at` integer NOT NULL,
	`reason` text NOT NULL,
	`ended_by` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `ended_sessions_id_unique` ON `ended_sessions` (`id`);--> statement-breakpoint
CREATE INDEX `ended_by_user` ON `ended_sessions` (`user_id`,`seq`);--> statement-breakpoint
CREATE INDEX `ended_by_time` ON `ended_sessions` (`ended_at`);--> statement-breakpoint
CREATE INDEX `ended_by_beginning` ON `ended_sessions` (`began_at`);--> statement-breakpoint
CREATE INDEX `ended_by_reason` ON `ended_sessions` (`reason`,`ended_at`);--> statement-breakpoint
CREATE TABLE `events` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`user_id` text,
	`kind` text NOT NULL,
	`at` integer NOT NULL,
	`session_id` text,
	`device` text,
	`ip` text,
	`place` text,
	`detail` text NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `events_by_user` ON `events` (`user_id`,`seq`);--> statement-breakpoint
CREATE INDEX `events_administered` ON `events` (`seq`) WHERE kind = 'administered';--> statement-breakpoint
CREATE TABLE `outbox` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`event_seq` integer NOT NULL,
	`recipient` text NOT NULL,
	`sealed` text,
	`failures` integer DEFAULT 0 NOT NULL,
	`due_at` integer NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`event_seq`) REFERENCES `events`(`seq`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `outbox_by_due` ON `outbox` (`due_at`);--> statement-breakpoint
CREATE TABLE `passkeys` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`credential_id` text NOT NULL,
	`public_key` blob NOT NULL,
	`counter` integer NOT NULL,
	`backup_eligible` integer NOT NULL,
	`backed_up` integer NOT NULL,
	`transports` text NOT NULL,
	`aaguid` text NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `passkeys_credential_id_unique` ON `passkeys` (`credential_id`);--> statement-breakpoint
CREATE INDEX `passkeys_by_user` ON `passkeys` (`user_id`);--> statement-breakpoint
CREATE TABLE `pending` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`secret_digest` blob NOT NULL,
	`user_id` text,
	`session_id` text,
	`security_version` integer NOT NULL,
	`detail` text NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer NOT NULL,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `pending_by_secret` ON `pending` (`secret_digest`,`kind`);--> statement-breakpoint
CREATE INDEX `pending_by_user` ON `pending` (`user_id`);--> statement-breakpoint
CREATE INDEX `pending_by_expiry` ON `pending` (`expires_at`);--> statement-breakpoint
CREATE TABLE `recovery_codes` (
	`user_id` text NOT NULL,
	`digest` blob NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`user_id`, `digest`),
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` text PRIMARY KEY NOT NULL,
	`user_id` text NOT NULL,
	`generation` integer NOT NULL,
	`digest` blob NOT NULL,
	`began_at` integer NOT NULL,
	`lifetime_from` integer NOT NULL,
	`last_active_at` integer NOT NULL,
	`renewed_at` integer NOT NULL,
	`remembered` integer NOT NULL,
	`locked_at` integer,
	`epoch` integer NOT NULL,
	`authentications` text NOT NULL,
	`successor_generation` integer,
	`successor_digest` blob,
	`successor_wrapped` blob,
	`successor_offered_at` integer,
	`predecessor_generation` integer,
	`predecessor_digest` blob,
	`predecessor_retired_at` integer,
	`predecessor_retired_by` text,
	`browser_digest` blob NOT NULL,
	`name` text,
	`browser` text,
	`os` text,
	`kind` text NOT NULL,
	`user_agent` text,
	`ip` text,
	`place` text,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX `sessions_one_for_each_browser` ON `sessions` (`user_id`,`browser_digest`);--> statement-breakpoint
CREATE INDEX `sessions_by_activity` ON `sessions` (`remembered`,`last_active_at`) WHERE locked_at is null;--> statement-breakpoint
CREATE INDEX `sessions_by_lifetime` ON `sessions` (`remembered`,`lifetime_from`);--> statement-breakpoint
CREATE INDEX `sessions_by_beginning` ON `sessions` (`began_at`);--> statement-breakpoint
CREATE TABLE `totps` (
	`user_id` text PRIMARY KEY NOT NULL,
	`secret` text NOT NULL,
	`last_step` integer NOT NULL,
	`created_at` integer NOT NULL,
	`last_used_at` integer,
	FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE TABLE `users` (
	`id` text PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`email` text NOT NULL,
	`password_hash` text,
	`password_failures` integer DEFAULT 0 NOT NULL,
	`administrator` integer DEFAULT false NOT NULL,
	`security_version` integer DEFAULT 1 NOT NULL,
	`disabled_at` integer,
	`deleted_at` integer,
	`former_email` text,
	`former_email_until` integer,
	`email_held_until` integer,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);--> statement-breakpoint
CREATE INDEX `administrators` ON `users` (`id`) WHERE administrator;