ALTER TABLE `pending` ADD `epoch` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
CREATE INDEX `pending_by_session` ON `pending` (`session_id`);