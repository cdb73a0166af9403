/**
 * A film rental, as the public samples of databases are: with foreign keys, views, functions, triggers,
 * generated columns, bytes that are no text, and names and texts of all kinds.
 *
 * @module
 */
import assert from "node:assert/strict";

/** For PostgreSQL. */
export const POSTGRESQL_SAMPLE = `
CREATE SCHEMA "Verleih Süd";
CREATE TYPE rating AS ENUM ('G', 'PG-13', 'größer als 18');
CREATE TABLE language (id serial PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE film (
  id bigserial PRIMARY KEY,
  title text NOT NULL,
  language_id int NOT NULL REFERENCES language (id),
  rate numeric(6,2) NOT NULL DEFAULT 4.99,
  length int,
  hours numeric GENERATED ALWAYS AS (length / 60.0) STORED,
  rating rating,
  features text[],
  extra jsonb,
  poster bytea,
  changed timestamptz NOT NULL DEFAULT '2026-11-20 08:00:00+01'
);
CREATE TABLE "Verleih Süd"."Kunden ""Ä""" (id int PRIMARY KEY, "Straße 'x'" text);
CREATE TABLE rental (
  id int GENERATED ALWAYS AS IDENTITY,
  film_id bigint NOT NULL REFERENCES film (id) ON DELETE CASCADE,
  at date NOT NULL,
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at);
CREATE TABLE rental_2025 PARTITION OF rental FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE rental_2026 PARTITION OF rental FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE log (n serial, what text);
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO log (what) VALUES (TG_OP || ' ' || NEW.title); -- 'a quote
  RETURN NEW;
END $$;
CREATE TRIGGER film_noted AFTER INSERT ON film FOR EACH ROW EXECUTE FUNCTION noted();
CREATE INDEX film_by_title ON film (lower(title));
CREATE VIEW long_film AS SELECT title, hours FROM film WHERE length > 100;
CREATE MATERIALIZED VIEW films_per_language AS
  SELECT l.name, count(*) FROM film f JOIN language l ON l.id = f.language_id GROUP BY l.name;
INSERT INTO language (name) VALUES ('Deutsch'), ('日本語'), ('English');
INSERT INTO film (title, language_id, length, rating, features, extra, poster)
  SELECT 'Film ' || n || E' – Ä\\t"''\\\\', 1 + n % 3, 60 + n % 90,
    (ARRAY['G', 'PG-13', 'größer als 18'])[1 + n % 3]::rating, ARRAY['a,b', NULL, 'ö"'],
    jsonb_build_object('n', n, 'ß', NULL), decode(md5(n::text) || '00ff0a0d5c27', 'hex')
  FROM generate_series(1, 2000) n;
INSERT INTO film (title, language_id) VALUES ('', 1), (E'line\\nbreak \\\\.', 2);
INSERT INTO "Verleih Süd"."Kunden ""Ä""" VALUES (1, 'Große Bleiche 1'), (2, NULL);
INSERT INTO rental (film_id, at) SELECT id, '2025-06-01'::date + (id % 400)::int FROM film;
REFRESH MATERIALIZED VIEW films_per_language;
SELECT setval('film_id_seq', 123456);
`;

/** For MariaDB. */
export const MARIADB_SAMPLE = `
SET NAMES utf8mb4;
CREATE TABLE language (id int AUTO_INCREMENT PRIMARY KEY, name varchar(40) NOT NULL UNIQUE)
  CHARACTER SET utf8mb4;
CREATE TABLE film (
  id bigint AUTO_INCREMENT PRIMARY KEY,
  title varchar(200) CHARACTER SET utf8mb4 NOT NULL,
  language_id int NOT NULL,
  rate decimal(6,2) NOT NULL DEFAULT 4.99,
  length int,
  hours decimal(10,4) GENERATED ALWAYS AS (length / 60) STORED,
  rating enum('G', 'PG-13') NULL,
  poster longblob,
  place point NULL,
  flags bit(9) NULL,
  changed timestamp NOT NULL DEFAULT '2026-11-20 08:00:00',
  FOREIGN KEY (language_id) REFERENCES language (id)
);
CREATE TABLE \`Kunden \`\`Ä\`\`\` (id int PRIMARY KEY, \`Straße 'x'\` varchar(80) CHARACTER SET utf8mb4);
CREATE TABLE log (n int AUTO_INCREMENT PRIMARY KEY, what varchar(300) CHARACTER SET utf8mb4);
CREATE VIEW long_film AS SELECT title, hours FROM film WHERE length > 100;
DELIMITER ;;
CREATE TRIGGER film_noted AFTER INSERT ON film FOR EACH ROW
BEGIN
  INSERT INTO log (what) VALUES (CONCAT('insert ', NEW.title)); -- 'a quote; and a semicolon
END;;
CREATE FUNCTION hours_of(minutes int) RETURNS decimal(10,4) DETERMINISTIC RETURN minutes / 60;;
CREATE PROCEDURE films() BEGIN SELECT count(*) FROM film; END;;
CREATE EVENT cleanup ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM log WHERE n < 0;;
DELIMITER ;
INSERT INTO language (name) VALUES ('Deutsch'), ('日本語'), ('English');
INSERT INTO film (title, language_id, length, rating, poster, place, flags)
  SELECT CONCAT('Film ', seq, ' – Ä\\t"''\\\\ 🎉'), 1 + seq % 3, 60 + seq % 90,
    ELT(1 + seq % 2, 'G', 'PG-13'), UNHEX(CONCAT(MD5(seq), '00FF0A0D5C27')), POINT(seq, -seq), seq % 512
  FROM seq_1_to_2000;
INSERT INTO film (title, language_id) VALUES ('', 1), ('line\\nbreak\\r\\n\\Z\\0', 2);
INSERT INTO \`Kunden \`\`Ä\`\`\` VALUES (1, 'Große Bleiche 1'), (2, NULL);
`;

/** What is compared of the sample of PostgreSQL: every row, and what is no row. */
export const POSTGRESQL_CONTENT = `
SELECT format('SELECT %L, t::text FROM %s t ORDER BY t::text;', c.oid::regclass, c.oid::regclass)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'v', 'm') AND n.nspname IN ('public', 'Verleih Süd')
  ORDER BY c.oid::regclass::text \\gexec
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
  WHERE connamespace::regnamespace::text NOT LIKE 'pg_%' AND
    connamespace::regnamespace::text <> 'information_schema' ORDER BY 1, 2;
SELECT indexdef FROM pg_indexes WHERE schemaname NOT LIKE 'pg_%' ORDER BY 1;
SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2;
SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1;
SELECT sequencename, last_value FROM pg_sequences ORDER BY 1;
`;

/** The same of the sample of MariaDB. */
export const MARIADB_CONTENT = `
SELECT * FROM language ORDER BY id;
SELECT id, HEX(title), language_id, rate, length, hours, rating, HEX(poster), ST_AsText(place),
  HEX(flags), changed FROM film ORDER BY id;
SELECT * FROM \`Kunden \`\`Ä\`\`\` ORDER BY id;
SELECT n, HEX(what) FROM log ORDER BY n;
SELECT HEX(title), hours FROM long_film ORDER BY 1, 2;
SELECT trigger_name, action_statement FROM information_schema.triggers
  WHERE trigger_schema = DATABASE() ORDER BY 1;
SELECT routine_name, routine_definition FROM information_schema.routines
  WHERE routine_schema = DATABASE() ORDER BY 1;
SELECT event_name, event_definition FROM information_schema.events
  WHERE event_schema = DATABASE() ORDER BY 1;
SELECT constraint_name, referenced_table_name FROM information_schema.referential_constraints
  WHERE constraint_schema = DATABASE() ORDER BY 1;
`;

/** Compares content row by row, and shows the first row that differs. */
export function assertSame(actual: string, expected: string, what: string): void {
  const [rows, others] = [actual.split("\n"), expected.split("\n")];
  const at = rows.findIndex((row, index) => row !== others[index]);
  if (at !== -1) assert.equal(rows[at], others[at], `${what}: row ${at + 1}`);
  assert.equal(rows.length, others.length, what);
}
